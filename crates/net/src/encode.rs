//! Request bodies as bytes with their content type.

use bytes::Bytes;
use tidegate_core::ports::Random;
use tidegate_core::ports::http::{Body, Part, PartContent};

/// A body ready to be sent, as often as redirects ask for it.
pub(crate) struct Encoded {
    /// The bytes.
    pub(crate) bytes: Bytes,
    /// What they are, unless the request's own header says so.
    pub(crate) content_type: Option<String>,
}

/// Encodes a body.
pub(crate) fn encode(body: &Body, random: &dyn Random) -> Encoded {
    let (bytes, content_type) = match body {
        Body::Empty => (Bytes::new(), None),
        Body::Json(json) => (
            Bytes::copy_from_slice(json.expose().as_bytes()),
            Some("application/json".to_owned()),
        ),
        Body::Text(text) => (
            Bytes::copy_from_slice(text.expose().as_bytes()),
            Some("text/plain; charset=utf-8".to_owned()),
        ),
        Body::Bytes(bytes) => (Bytes::from_owner(bytes.clone()), None),
        Body::Form(fields) => {
            let pairs = fields.iter().map(|(name, value)| (name, value.expose()));
            let form = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .finish();
            let media_type = "application/x-www-form-urlencoded".to_owned();
            (form.into(), Some(media_type))
        }
        Body::Multipart(parts) => {
            let boundary = format!("tidegate-{:016x}{:016x}", random.next(), random.next());
            let media_type = format!("multipart/form-data; boundary={boundary}");
            (multipart(parts, &boundary).into(), Some(media_type))
        }
    };
    Encoded {
        bytes,
        content_type,
    }
}

/// RFC 7578; the boundary is random enough not to be met in a part.
fn multipart(parts: &[Part], boundary: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(part_head(part, boundary).as_bytes());
        body.extend_from_slice(match &part.content {
            PartContent::Text(text) => text.expose().as_bytes(),
            PartContent::Bytes(bytes) => bytes,
        });
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

fn part_head(part: &Part, boundary: &str) -> String {
    let mut head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"{}\"",
        quoted(&part.name)
    );
    if let Some(file_name) = &part.file_name {
        head.push_str(&format!("; filename=\"{}\"", quoted(file_name)));
    }
    let content_type = match (&part.content_type, &part.content) {
        (Some(content_type), _) => Some(without_controls(content_type)),
        (None, PartContent::Bytes(_)) => Some("application/octet-stream".to_owned()),
        (None, PartContent::Text(_)) => None,
    };
    if let Some(content_type) = content_type {
        head.push_str(&format!("\r\ncontent-type: {content_type}"));
    }
    head.push_str("\r\n\r\n");
    head
}

/// Escapes a name as browsers do (WHATWG HTML, multipart/form-data encoding algorithm).
fn quoted(name: &str) -> String {
    let escaped = name
        .replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    without_controls(&escaped)
}

fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Counting;

    impl Random for Counting {
        fn seed(&self) -> u64 {
            0
        }
        fn next(&self) -> u64 {
            7
        }
        fn derive(&self, _: &str) -> u64 {
            7
        }
    }

    fn text(body: &Body) -> (String, Option<String>) {
        let encoded = encode(body, &Counting);
        let text = String::from_utf8(encoded.bytes.to_vec()).unwrap();
        (text, encoded.content_type)
    }

    #[test]
    fn forms_are_encoded() {
        let body = Body::Form(vec![("a b".into(), "1&2=ü".into())]);
        assert_eq!(text(&body).0, "a+b=1%262%3D%C3%BC");
    }

    #[test]
    fn multipart_has_a_head_for_every_part() {
        let body = Body::Multipart(vec![
            Part {
                name: "title".into(),
                file_name: None,
                content_type: None,
                content: PartContent::Text("hello".into()),
            },
            Part {
                name: "file".into(),
                file_name: Some("a\"b.pdf".into()),
                content_type: None,
                content: PartContent::Bytes(b"%PDF".as_slice().into()),
            },
        ]);
        let boundary = "tidegate-00000000000000070000000000000007";
        let (body, content_type) = text(&body);
        assert_eq!(
            content_type.unwrap(),
            format!("multipart/form-data; boundary={boundary}")
        );
        assert_eq!(
            body,
            format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nhello\r\n\
                 --{boundary}\r\ncontent-disposition: form-data; name=\"file\"; \
                 filename=\"a%22b.pdf\"\r\ncontent-type: application/octet-stream\r\n\r\n%PDF\r\n\
                 --{boundary}--\r\n"
            )
        );
    }

    proptest! {
        #[test]
        fn a_name_adds_no_line_to_a_part(name: String, file_name: String, content_type: String) {
            let head = part_head(
                &Part {
                    name,
                    file_name: Some(file_name),
                    content_type: Some(content_type),
                    content: PartContent::Text("".into()),
                },
                "b",
            );
            prop_assert_eq!(head.matches("\r\n").count(), 4);
            prop_assert_eq!(head.matches(['\r', '\n']).count(), 8);
        }
    }
}
