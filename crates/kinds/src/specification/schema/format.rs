//! Formats that the engine does not know.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::Value as Json;

/// Stands beside `format` in a translated schema where the format is one of numbers.
pub(super) const NUMBER_FORMAT: &str = "tidegate:format";

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Whether a format is one of numbers that has bounds.
pub(super) fn is_of_numbers(format: &str) -> bool {
    Range::of(format).is_some()
}

/// Whether a value is in the bounds of a format of numbers.
pub(super) fn has_range(format: &str, value: &Json) -> bool {
    Range::of(format).is_none_or(|range| range.has(value))
}

/// Adds the formats of OpenAPI to those of JSON Schema.
pub(super) fn add(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options
        .with_format("byte", is_base64)
        .with_format("base64", is_base64)
        .with_format("base64url", is_base64url)
        .with_keyword(NUMBER_FORMAT, |_, value, _| {
            let name = value.as_str().unwrap_or_default();
            Ok(Box::new(NumberFormat {
                name: name.to_owned(),
                range: Range::of(name),
            }))
        })
}

fn is_base64(text: &str) -> bool {
    GeneralPurpose::new(&alphabet::STANDARD, LENIENT)
        .decode(text)
        .is_ok()
}

fn is_base64url(text: &str) -> bool {
    GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT)
        .decode(text)
        .is_ok()
}

/// Whether a value that breaks a format is written as many servers write it, and read by most programs: a
/// time without its offset or with a space, an address without its origin, nothing where there is none.
pub(super) fn is_nearly(format: &str, value: &Json) -> bool {
    let Json::String(text) = value else {
        return false;
    };
    match format {
        "date-time" => {
            matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' '))
                && text.parse::<jiff::civil::DateTime>().is_ok()
        }
        "time" => text.parse::<jiff::civil::Time>().is_ok(),
        "uri" | "iri" => {
            text.is_empty() || (text.starts_with('/') && !text.contains(char::is_whitespace))
        }
        "email" | "idn-email" => text.is_empty(),
        _ => false,
    }
}

/// The numbers that a format takes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Range {
    /// Whole numbers between two.
    Whole(i128, i128),
    /// Numbers that a float can come near to.
    Float,
}

impl Range {
    fn of(format: &str) -> Option<Self> {
        Some(match format {
            "int8" => Self::Whole(i8::MIN.into(), i8::MAX.into()),
            "int16" => Self::Whole(i16::MIN.into(), i16::MAX.into()),
            "int32" => Self::Whole(i32::MIN.into(), i32::MAX.into()),
            "int64" => Self::Whole(i64::MIN.into(), i64::MAX.into()),
            "uint8" => Self::Whole(0, u8::MAX.into()),
            "uint16" => Self::Whole(0, u16::MAX.into()),
            "uint32" => Self::Whole(0, u32::MAX.into()),
            "uint64" => Self::Whole(0, u64::MAX.into()),
            "float" => Self::Float,
            _ => return None,
        })
    }

    fn has(self, value: &Json) -> bool {
        let Json::Number(number) = value else {
            return true;
        };
        let whole = number.as_i64().map(i128::from);
        let whole = whole.or(number.as_u64().map(i128::from));
        let float = number.as_f64().unwrap_or_default();
        match (self, whole) {
            (Self::Whole(least, most), Some(whole)) => (least..=most).contains(&whole),
            // Beyond 64 bits a number is known only roughly, and never inside of these.
            #[expect(clippy::cast_precision_loss)]
            (Self::Whole(least, most), None) => {
                float.fract() == 0.0 && float >= least as f64 && float < (most + 1) as f64
            }
            (Self::Float, _) => float.abs() <= f64::from(f32::MAX),
        }
    }
}

struct NumberFormat {
    name: String,
    range: Option<Range>,
}

impl<'i> Keyword<'i> for NumberFormat {
    fn validate(&self, instance: &'i Json) -> Result<(), ValidationError<'i>> {
        if Keyword::is_valid(self, instance) {
            return Ok(());
        }
        Err(ValidationError::custom(self.name.clone()))
    }

    fn is_valid(&self, instance: &'i Json) -> bool {
        self.range.is_none_or(|range| range.has(instance))
    }
}
