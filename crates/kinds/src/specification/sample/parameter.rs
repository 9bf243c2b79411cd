//! Values as they stand in a path, a query, a header or a cookie (OpenAPI, style and explode).

use serde_json::Value as Json;

use super::super::At;

/// The text of a value in a path or a header (style `simple`), not percent-encoded.
///
/// `parameter` is the parameter of the document.
pub(crate) fn text(parameter: At<'_>, value: &Json) -> String {
    let joined = |parts: Vec<String>| parts.join(",");
    match value {
        Json::Array(elements) => joined(elements.iter().map(scalar).collect()),
        Json::Object(entries) => {
            let between = if parameter.flag("explode") { "=" } else { "," };
            let entries = entries.iter();
            joined(
                entries
                    .map(|(key, value)| format!("{key}{between}{}", scalar(value)))
                    .collect(),
            )
        }
        value => scalar(value),
    }
}

/// The names and values of a parameter in a query or a cookie (styles `form`, `spaceDelimited`,
/// `pipeDelimited` and `deepObject`), not percent-encoded.
///
/// `parameter` is the parameter of the document.
pub(crate) fn pairs(parameter: At<'_>, name: &str, value: &Json) -> Vec<(String, String)> {
    let style = parameter.text_of("style").unwrap_or("form");
    let explode = parameter.get("explode").and_then(At::boolean);
    let explode = explode.unwrap_or(style == "form");
    let one = |text: String| vec![(name.to_owned(), text)];
    let between = match style {
        "spaceDelimited" => " ",
        "pipeDelimited" => "|",
        _ => ",",
    };
    match value {
        Json::Array(elements) if explode => {
            let elements = elements.iter();
            elements
                .map(|element| (name.to_owned(), scalar(element)))
                .collect()
        }
        Json::Array(elements) => {
            let texts: Vec<String> = elements.iter().map(scalar).collect();
            one(texts.join(between))
        }
        Json::Object(entries) if style == "deepObject" => {
            let entries = entries.iter();
            entries
                .map(|(key, value)| (format!("{name}[{key}]"), scalar(value)))
                .collect()
        }
        Json::Object(entries) if explode => {
            let entries = entries.iter();
            entries
                .map(|(key, value)| (key.clone(), scalar(value)))
                .collect()
        }
        Json::Object(entries) => {
            let texts = entries
                .iter()
                .flat_map(|(key, value)| [key.clone(), scalar(value)]);
            one(texts.collect::<Vec<_>>().join(between))
        }
        value => one(scalar(value)),
    }
}

/// A value without quotes; lists and maps inside others have no style and stand as JSON.
fn scalar(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::specification::Library;

    fn library(parameter: &Json) -> Library {
        let fetch = |_: &str| Err("there is no such file".to_owned());
        Library::new("p.json", parameter.to_string().into_bytes(), &fetch).unwrap()
    }

    #[test]
    fn every_style_is_written_as_the_specification_shows_it() {
        // The table of OpenAPI 3.1.1, 4.8.12.6: color is blue, a list or a map.
        let list = json!(["blue", "black"]);
        let map = json!({ "B": 150, "R": 100 });
        let cases = [
            (json!({}), json!("blue"), "color=blue"),
            (json!({}), list.clone(), "color=blue&color=black"),
            (
                json!({ "explode": false }),
                list.clone(),
                "color=blue,black",
            ),
            (json!({}), map.clone(), "B=150&R=100"),
            (
                json!({ "explode": false }),
                map.clone(),
                "color=B,150,R,100",
            ),
            (
                json!({ "style": "spaceDelimited" }),
                list.clone(),
                "color=blue black",
            ),
            (
                json!({ "style": "pipeDelimited" }),
                list.clone(),
                "color=blue|black",
            ),
            (
                json!({ "style": "deepObject", "explode": true }),
                map.clone(),
                "color[B]=150&color[R]=100",
            ),
        ];
        for (parameter, value, wanted) in cases {
            let library = library(&parameter);
            let pairs = pairs(library.root(), "color", &value);
            let written: Vec<String> = pairs
                .iter()
                .map(|(key, text)| format!("{key}={text}"))
                .collect();
            assert_eq!(written.join("&"), wanted, "{parameter}");
        }
        let plain = library(&json!({}));
        assert_eq!(text(plain.root(), &json!(5)), "5");
        assert_eq!(text(plain.root(), &list), "blue,black");
        assert_eq!(text(plain.root(), &map), "B,150,R,100");
        assert_eq!(
            text(library(&json!({ "explode": true })).root(), &map),
            "B=150,R=100"
        );
    }
}
