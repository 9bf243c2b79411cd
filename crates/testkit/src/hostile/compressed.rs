//! A small gzip stream that decompresses to a huge body.

use std::io;

use flate2::{Compress, Compression, Crc, FlushCompress};
use tokio::net::TcpStream;

use super::{HUGE_BYTES, wire};

/// The zeros that one repeated piece of the stream stands for.
const PIECE: usize = 1_000_000;

/// How many pieces the bomb has.
const PIECES: u64 = HUGE_BYTES / PIECE as u64;

/// A gzip header without name, time or flags (RFC 1952 §2.3).
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// An empty final block with fixed codes (RFC 1951 §3.2.6).
const FINAL_BLOCK: [u8; 2] = [3, 0];

/// Sends the bomb.
pub(super) async fn bomb(stream: TcpStream) -> io::Result<()> {
    let headers = [
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
    ];
    wire::send(stream, "200 OK", &headers, &gzip()?).await
}

/// Builds the stream from one compressed piece, repeated.
///
/// A full flush ends the piece on a byte boundary and forbids references to what came before, so
/// that copies of it can be strung together; the checksum is combined likewise.
fn gzip() -> io::Result<Vec<u8>> {
    let zeros = vec![0; PIECE];
    let mut piece = Vec::with_capacity(16 << 10);
    Compress::new(Compression::best(), false)
        .compress_vec(&zeros, &mut piece, FlushCompress::Full)
        .map_err(io::Error::other)?;
    let mut checksum_of_piece = Crc::new();
    checksum_of_piece.update(&zeros);
    let mut checksum = Crc::new();
    let mut stream = GZIP_HEADER.to_vec();
    for _ in 0..PIECES {
        stream.extend(&piece);
        checksum.combine(&checksum_of_piece);
    }
    stream.extend(FINAL_BLOCK);
    stream.extend(checksum.sum().to_le_bytes());
    stream.extend(checksum.amount().to_le_bytes());
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::{PIECES, gzip};
    use crate::hostile::HUGE_BYTES;

    #[test]
    fn is_small_and_its_first_pieces_decompress_to_zeros() {
        let stream = gzip().unwrap();
        assert!(stream.len() < 2_000_000, "{} bytes", stream.len());
        let mut start = vec![1; 3_000_000];
        GzDecoder::new(stream.as_slice())
            .read_exact(&mut start)
            .unwrap();
        assert!(start.iter().all(|&byte| byte == 0));
    }

    #[test]
    fn ends_with_the_size_it_decompresses_to() {
        let stream = gzip().unwrap();
        let size: [u8; 4] = stream[stream.len() - 4..].try_into().unwrap();
        assert_eq!(u64::from(u32::from_le_bytes(size)), HUGE_BYTES);
        assert_eq!(PIECES, 1_000);
    }
}
