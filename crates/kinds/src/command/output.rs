//! What a command wrote, made fit to be shown.

/// How many lines of the beginning and of the end are shown.
const HEAD: usize = 10;
const TAIL: usize = 50;
/// The most characters of a line that are shown.
const WIDTH: usize = 400;

/// The text without colours, control characters and anything a CI system would take as an order.
pub(super) fn clean(text: &str) -> String {
    let plain = anstream::adapter::strip_str(text).to_string();
    let mut cleaned = String::with_capacity(plain.len());
    for (number, line) in plain.split('\n').enumerate() {
        if number > 0 {
            cleaned.push('\n');
        }
        // A progress bar overwrites its line: what was written last is what a person saw.
        let line = line.trim_end_matches('\r');
        let line = line.rsplit('\r').next().unwrap_or(line);
        let visible: String = line
            .chars()
            .filter(|character| *character == '\t' || !character.is_control())
            .collect();
        cleaned.push_str(&harmless(&visible));
    }
    cleaned
}

/// Breaks up what GitHub (`::command`, `##[command]`), Azure (`##vso[`) and TeamCity
/// (`##teamcity[`) would carry out when they see it in a log.
fn harmless(line: &str) -> String {
    let line = line
        .replace("##[", "# #[")
        .replace("##vso[", "# #vso[")
        .replace("##teamcity[", "# #teamcity[");
    let text = line.trim_start();
    match text.strip_prefix("::") {
        Some(rest) => format!("{}: :{rest}", &line[..line.len() - text.len()]),
        None => line,
    }
}

/// The text in at most `width` characters.
pub(super) fn clip(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The beginning and the end of a text, and how much is left out between them.
pub(super) fn excerpt(text: &str) -> String {
    let cleaned = clean(text);
    let lines: Vec<&str> = cleaned.trim_end().lines().collect();
    let shown =
        |lines: &[&str]| -> Vec<String> { lines.iter().map(|line| clip(line, WIDTH)).collect() };
    if lines.len() <= HEAD + TAIL {
        return shown(&lines).join("\n");
    }
    let left_out = lines.len() - HEAD - TAIL;
    let mut all = shown(&lines[..HEAD]);
    all.push(format!("… {left_out} lines left out …"));
    all.extend(shown(&lines[lines.len() - TAIL..]));
    all.join("\n")
}

#[cfg(test)]
mod tests;
