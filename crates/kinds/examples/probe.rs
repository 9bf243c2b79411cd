#![allow(missing_docs, clippy::all)]
fn main() {
    let mut paths = Vec::new();
    let mut folders: Vec<std::path::PathBuf> = std::env::args().skip(1).map(Into::into).collect();
    while let Some(f) = folders.pop() {
        for e in std::fs::read_dir(f).unwrap() {
            let e = e.unwrap();
            if e.file_type().unwrap().is_dir() {
                folders.push(e.path())
            } else if e.file_type().unwrap().is_file() {
                paths.push(e.path())
            }
        }
    }
    let t = std::time::Instant::now();
    let (bytes, n) = tidegate_kinds::fuzzing::probe(&paths);
    eprintln!(
        "{} files {} MB {} sightings {:?} {} MB/s",
        paths.len(),
        bytes / 1_000_000,
        n,
        t.elapsed(),
        bytes as f64 / 1e6 / t.elapsed().as_secs_f64()
    );
}
