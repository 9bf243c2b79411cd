use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use http::HeaderValue;
use proptest::prelude::*;

use super::*;

/// "tidegate" in brotli: an uncompressed meta-block (RFC 7932, 9.2) and an empty last one.
const BROTLI: &[u8] = &[
    0x8b, 0x03, 0x80, b't', b'i', b'd', b'e', b'g', b'a', b't', b'e', 0x03,
];

fn decoded(coding: &str, data: &[u8], cap: usize, piece: usize) -> Result<Kept, HttpError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_ENCODING, HeaderValue::from_str(coding).unwrap());
    let mut decoder = Decoder::new(&headers, Capped::new(cap, None));
    for piece in data.chunks(piece) {
        if decoder.feed(&Bytes::copy_from_slice(piece))? == Fed::Full {
            let bytes = std::mem::take(&mut decoder.sink().bytes);
            return Ok(Kept {
                bytes,
                truncated: true,
            });
        }
    }
    decoder.finish()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn brotli_is_undone() {
    let kept = decoded("br", BROTLI, 100, 1).unwrap();
    assert_eq!(kept.bytes, b"tidegate");
}

#[test]
fn codings_on_top_of_each_other_are_undone_from_the_outside() {
    let data = gzip(&zlib(b"hello"));
    let kept = decoded("deflate, gzip", &data, 100, 3).unwrap();
    assert_eq!(kept.bytes, b"hello");
    assert!(decoded("gzip, deflate", &data, 100, 3).is_err());
}

#[test]
fn an_unknown_coding_is_left_as_it_is() {
    assert_eq!(decoded("zstd", b"abc", 100, 1).unwrap().bytes, b"abc");
    assert_eq!(
        decoded("gzip, gzip, gzip, gzip", b"abc", 100, 1)
            .unwrap()
            .bytes,
        b"abc"
    );
}

#[test]
fn what_is_not_coded_as_it_says_is_malformed() {
    for coding in ["gzip", "deflate", "br"] {
        let result = decoded(coding, b"{\"error\":\"plain text\"}", 100, 64);
        assert!(
            matches!(result, Err(HttpError::Malformed { .. })),
            "{coding}"
        );
    }
}

#[test]
fn a_coding_that_ends_early_is_malformed() {
    let whole = gzip(&[7; 4000]);
    let cut = decoded("gzip", &whole[..whole.len() - 9], 5000, 64);
    assert!(matches!(cut, Err(HttpError::Malformed { .. })));
    let cut = decoded("br", &BROTLI[..6], 100, 64);
    assert!(matches!(cut, Err(HttpError::Malformed { .. })));
}

proptest! {
    #[test]
    fn a_body_is_kept_whole_or_to_the_byte_of_the_cap(
        data in proptest::collection::vec(any::<u8>(), 0..3000),
        cap in 0usize..3000,
        piece in 1usize..200,
    ) {
        for (coding, coded) in [
            ("identity", data.clone()),
            ("gzip", gzip(&data)),
            ("deflate", zlib(&data)),
            ("deflate", deflate(&data)),
        ] {
            let kept = decoded(coding, &coded, cap, piece).unwrap();
            prop_assert_eq!(&kept.bytes, &data[..data.len().min(cap)], "{}", coding);
            prop_assert_eq!(kept.truncated, data.len() > cap, "{}", coding);
        }
    }

    #[test]
    fn garbage_never_panics(data in proptest::collection::vec(any::<u8>(), 0..300)) {
        for coding in ["gzip", "deflate", "br", "br, gzip"] {
            let _ = decoded(coding, &data, 1000, 17);
        }
    }
}
