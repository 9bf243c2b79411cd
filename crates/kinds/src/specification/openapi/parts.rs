//! Parameters, bodies, responses and headers of an operation.

use super::super::{At, Place};
use super::Reader;
use super::media::MediaType;
use super::model::{Content, Header, Parameter, ParameterIn, RequestBody, Response};

impl<'l> Reader<'l> {
    /// The parameters of several lists; one of an earlier list replaces its namesake of a later one.
    pub(super) fn parameters(&mut self, lists: &[At<'l>]) -> Vec<Parameter> {
        let mut read: Vec<Parameter> = Vec::new();
        for list in lists {
            let before = read.len();
            for at in list.elements() {
                let Some(parameter) = self.parameter(at) else {
                    continue;
                };
                let namesake = |one: &Parameter| {
                    one.location == parameter.location
                        && one.location.same(&one.name, &parameter.name)
                };
                if read[before..].iter().any(namesake) {
                    let message = format!(
                        "the {} parameter `{}` is declared twice",
                        parameter.location.name(),
                        parameter.name
                    );
                    self.fault(at, message, "Keep one of them; the first one counts.");
                } else if !read[..before].iter().any(namesake) {
                    read.push(parameter);
                }
            }
        }
        read
    }

    /// Tells lists of parameters that are none.
    pub(super) fn parameter_list(&mut self, part: At<'l>) -> Option<At<'l>> {
        let list = part.get("parameters")?;
        if list.is_list() {
            return Some(list);
        }
        self.fault(
            list,
            "`parameters` is no list",
            "Write each parameter as `- name: …`.",
        );
        None
    }

    fn parameter(&mut self, at: At<'l>) -> Option<Parameter> {
        let declared = self.follow(at)?;
        let Some(name) = declared.text_of("name") else {
            self.fault(declared, "a parameter has no name", "Add `name` and `in`.");
            return None;
        };
        let location = self.location(declared, name)?;
        let ignored = ["accept", "content-type", "authorization"];
        if location == ParameterIn::Header
            && ignored.iter().any(|one| name.eq_ignore_ascii_case(one))
        {
            // These are said by media types and security; the specification ignores them here.
            return None;
        }
        let content = self.content(declared);
        let schema = self.schema(declared);
        if schema.is_none() && content.is_empty() && declared.get("type").is_some() {
            self.fault(
                declared,
                format!("the type of the parameter `{name}` stands outside of a schema"),
                "Put `type` and what belongs to it under `schema`.",
            );
        }
        Some(Parameter {
            name: name.to_owned(),
            location,
            required: location == ParameterIn::Path || declared.flag("required"),
            deprecated: declared.flag("deprecated"),
            place: declared.place(),
            schema,
            content,
        })
    }

    fn location(&mut self, declared: At<'l>, name: &str) -> Option<ParameterIn> {
        let written = declared.text_of("in").unwrap_or_default();
        if let Some(location) = ParameterIn::of(written) {
            return Some(location);
        }
        let help = match written {
            "body" | "formData" => "Since OpenAPI 3 this is the `requestBody` of the operation.",
            _ => "Write `in: path`, `in: query`, `in: header` or `in: cookie`.",
        };
        let at = declared.get("in").unwrap_or(declared);
        self.fault(
            at,
            format!("the parameter `{name}` does not say where it is sent"),
            help,
        );
        None
    }

    fn schema(&mut self, part: At<'l>) -> Option<Place> {
        self.schema_under(part, "schema")
    }

    fn schema_under(&mut self, part: At<'l>, key: &str) -> Option<Place> {
        let schema = part.get(key)?;
        if schema.is_map() || schema.boolean().is_some() {
            return Some(schema.place());
        }
        let message = format!("{} stands where a schema is expected", schema.describe());
        self.fault(schema, message, "Write a map, as in `{ type: string }`.");
        None
    }

    /// The media types under `content`.
    fn content(&mut self, part: At<'l>) -> Vec<Content> {
        let Some(content) = part.get("content") else {
            return Vec::new();
        };
        if !content.is_map() {
            self.fault(
                content,
                "`content` is no map",
                "Write each media type as a key, as in `application/json: { schema: … }`.",
            );
        }
        let mut read = Vec::new();
        for (media_type, at) in content.entries() {
            let declared = self.follow(at).unwrap_or(at);
            read.push(Content {
                media_type: media_type.to_owned(),
                parsed: MediaType::parse(media_type),
                place: declared.place(),
                schema: self.schema(declared),
                item_schema: self.schema_under(declared, "itemSchema"),
            });
        }
        read
    }

    /// The request body of an operation.
    pub(super) fn body(&mut self, operation: At<'l>) -> Option<RequestBody> {
        let declared = self.follow(operation.get("requestBody")?)?;
        if !declared.is_map() {
            let message = format!(
                "{} stands where a request body is expected",
                declared.describe()
            );
            self.fault(declared, message, "Write a map with the key `content`.");
            return None;
        }
        Some(RequestBody {
            required: declared.flag("required"),
            place: declared.place(),
            content: self.content(declared),
        })
    }

    /// The responses of an operation.
    pub(super) fn responses(&mut self, operation: At<'l>) -> Vec<Response> {
        let Some(responses) = operation.get("responses").and_then(|at| self.follow(at)) else {
            return Vec::new();
        };
        if !responses.is_map() {
            let message = "`responses` is no map";
            self.fault(
                responses,
                message,
                "Write each status as a key, as in `\"200\"`.",
            );
        }
        let mut read: Vec<Response> = Vec::new();
        for (status, at) in responses.entries() {
            if status.starts_with("x-") {
                continue;
            }
            let Some(known) = status_key(status) else {
                let message = format!("`{status}` is no status of a response");
                self.fault(
                    at,
                    message,
                    "Write a number such as `\"200\"`, `2XX` or `default`.",
                );
                continue;
            };
            if let Some(response) = self.response(known, at) {
                read.push(response);
            }
        }
        read
    }

    fn response(&mut self, status: String, at: At<'l>) -> Option<Response> {
        // What a broken reference would have said is unknown, but the status is declared.
        let declared = self.follow(at).unwrap_or(at);
        if !declared.is_map() {
            let message = format!(
                "{} stands where a response is expected",
                declared.describe()
            );
            self.fault(declared, message, "Write a map with the key `description`.");
            return None;
        }
        Some(Response {
            status,
            place: declared.place(),
            headers: self.headers(declared),
            content: self.content(declared),
        })
    }

    fn headers(&mut self, response: At<'l>) -> Vec<Header> {
        let Some(headers) = response.get("headers").and_then(|at| self.follow(at)) else {
            return Vec::new();
        };
        let mut read = Vec::new();
        for (name, at) in headers.entries() {
            // The media type says it; the specification ignores it here.
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let Some(declared) = self.follow(at) else {
                continue;
            };
            let content = self.content(declared);
            let schema = self.schema(declared);
            read.push(Header {
                name: name.to_owned(),
                required: declared.flag("required"),
                place: declared.place(),
                schema: schema.or_else(|| content.first().and_then(|content| content.schema)),
            });
        }
        read
    }
}

/// A key of `responses` in one way of writing: `200`, `2XX`, `default`.
fn status_key(written: &str) -> Option<String> {
    if written == "default" {
        return Some(written.to_owned());
    }
    let key = written.to_ascii_uppercase();
    let bytes = key.as_bytes();
    let [first, rest @ ..] = bytes else {
        return None;
    };
    let digits = rest.iter().all(u8::is_ascii_digit);
    let range = rest == b"XX";
    (rest.len() == 2 && (b'1'..=b'9').contains(first) && (digits || range)).then_some(key)
}
