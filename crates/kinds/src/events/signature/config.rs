//! Signatures as the gate file has them.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use tidegate_core::template::{Part, Template};

use super::{Encoding, HeaderScheme, Piece, Scheme, Signature};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    secret: Template,
    #[serde(default)]
    scheme: RawScheme,
    #[serde(default)]
    header: Option<Located<String>>,
    #[serde(default)]
    prefix: Option<Located<String>>,
    #[serde(default)]
    encoding: Option<Located<RawEncoding>>,
    #[serde(default)]
    timestamp: Option<Located<String>>,
    #[serde(default)]
    signs: Option<Located<Template>>,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum RawScheme {
    #[default]
    HmacSha256,
    Github,
    Stripe,
    StandardWebhooks,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum RawEncoding {
    Hex,
    Base64,
}

impl Signature {
    /// Reads the value of `signature:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(in crate::events) fn parse(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let raw: Raw = node.read()?;
        let scheme = match raw.scheme {
            RawScheme::HmacSha256 => Scheme::Header(header_scheme(&raw, node)?),
            RawScheme::Github => settled(&raw, Scheme::Header(github()))?,
            RawScheme::Stripe => settled(&raw, Scheme::Stripe)?,
            RawScheme::StandardWebhooks => settled(&raw, Scheme::StandardWebhooks)?,
        };
        Ok(Self {
            secret: raw.secret,
            scheme,
        })
    }
}

/// `x-hub-signature-256: sha256=…` over the body.
fn github() -> HeaderScheme {
    HeaderScheme {
        header: "x-hub-signature-256".into(),
        prefix: "sha256=".into(),
        encoding: Encoding::Hex,
        timestamp: None,
        signs: vec![Piece::Body],
    }
}

fn header_scheme(raw: &Raw, node: &Node) -> Result<HeaderScheme, Vec<Diagnostic>> {
    let Some(header) = &raw.header else {
        return Err(vec![
            Diagnostic::at(node.span.clone(), "a signature without a header")
                .label("needs `header`, the name of the header that holds the signature")
                .help("Or name a known scheme: github, stripe or standard-webhooks."),
        ]);
    };
    let lowercase = |name: &Located<String>| name.value.to_ascii_lowercase();
    let timestamp = raw.timestamp.as_ref().map(lowercase);
    let signs = match &raw.signs {
        Some(signs) => pieces(signs, timestamp.is_some())?,
        None if timestamp.is_some() => {
            vec![Piece::Timestamp, Piece::Literal(".".into()), Piece::Body]
        }
        None => vec![Piece::Body],
    };
    Ok(HeaderScheme {
        header: lowercase(header),
        prefix: raw
            .prefix
            .as_ref()
            .map_or_else(String::new, |prefix| prefix.value.clone()),
        encoding: match raw.encoding.as_ref().map(|encoding| encoding.value) {
            Some(RawEncoding::Base64) => Encoding::Base64,
            Some(RawEncoding::Hex) | None => Encoding::Hex,
        },
        timestamp,
        signs,
    })
}

/// A scheme whose parts are known has nothing to be set.
fn settled(raw: &Raw, scheme: Scheme) -> Result<Scheme, Vec<Diagnostic>> {
    let set = [
        raw.header.as_ref().map(|value| &value.span),
        raw.prefix.as_ref().map(|value| &value.span),
        raw.encoding.as_ref().map(|value| &value.span),
        raw.timestamp.as_ref().map(|value| &value.span),
        raw.signs.as_ref().map(|value| &value.span),
    ];
    match set.into_iter().flatten().next() {
        None => Ok(scheme),
        Some(span) => Err(vec![
            Diagnostic::at(span.clone(), "this is settled by the scheme")
                .label("remove this line")
                .help("Only `scheme: hmac-sha256`, which is the default, has parts to set."),
        ]),
    }
}

fn pieces(signs: &Located<Template>, dated: bool) -> Result<Vec<Piece>, Vec<Diagnostic>> {
    let fault = |label: &str| {
        vec![
            Diagnostic::at(signs.span.clone(), "this cannot be signed")
                .label(label.to_owned())
                .help("Write it like \"${timestamp}.${body}\" or \"v0:${timestamp}:${body}\"."),
        ]
    };
    let mut pieces = Vec::new();
    for part in signs.value.parts() {
        pieces.push(match part {
            Part::Literal(text) => Piece::Literal(text.clone()),
            Part::Value(name) if name == "body" => Piece::Body,
            Part::Value(name) if name == "timestamp" && dated => Piece::Timestamp,
            Part::Value(name) if name == "timestamp" => {
                return Err(fault(
                    "`${timestamp}` needs `timestamp`, the header with the time",
                ));
            }
            Part::Value(_) | Part::Secret(_) => {
                return Err(fault("only `${timestamp}` and `${body}` are known here"));
            }
        });
    }
    if pieces.contains(&Piece::Body) {
        Ok(pieces)
    } else {
        Err(fault(
            "without `${body}` a signature says nothing about the event",
        ))
    }
}

/// The schema of `signature:`.
pub(in crate::events) fn schema(description: &str) -> Json {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "description": description,
        "additionalProperties": false,
        "required": ["secret"],
        "properties": {
            "secret": text("The key that both sides know, as in `${WEBHOOK_SECRET}`."),
            "scheme": json!({
                "description": "How it is signed: HMAC-SHA256 as set here, or in the form of a known service.",
                "enum": ["hmac-sha256", "github", "stripe", "standard-webhooks"],
            }),
            "header": text("The header that holds the signature."),
            "prefix": text("What stands before the code in the header, as in `sha256=`."),
            "encoding": json!({ "description": "How the code is written; hex when absent.", "enum": ["hex", "base64"] }),
            "timestamp": text("The header with the time in seconds since 1970."),
            "signs": text("What is signed: `${body}` when absent, `${timestamp}.${body}` with a timestamp."),
        },
    })
}
