//! Serves [`tidegate_testkit::office`] until its standard input ends: prints where, and at the end how
//! many requests were answered.

use std::io::{Read, Write};

use tidegate_testkit::office::Office;

fn main() -> std::io::Result<()> {
    let office = Office::start();
    let mut output = std::io::stdout();
    writeln!(output, "{}", office.url())?;
    output.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    writeln!(output, "{}", office.answered())
}
