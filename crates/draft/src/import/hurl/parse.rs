//! The entries of a file as they are written: requests, answers, sections and bodies, each with its line.

/// The most entries of one file.
const ENTRIES: usize = 5_000;

/// A request with what its answer must be.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// The line of the method, counted from 1.
    pub(super) line: usize,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) request: Part,
    /// The answer, with the version and the status as they are written.
    pub(super) response: Option<(String, String, Part)>,
    /// The comment right above it.
    pub(super) comment: Option<String>,
}

/// What stands below the first line of a request or an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) headers: Vec<Line>,
    pub(super) sections: Vec<(String, Vec<Line>)>,
    pub(super) body: Option<(usize, Body)>,
}

/// A line of a part or a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: usize,
    pub(super) text: String,
}

/// A body as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    Json(String),
    Text(String),
    /// A text whose first line says what it is, as in ```` ```json ````.
    Typed(String, String),
    Base64(String),
    Hex(String),
    File(String),
}

/// What is wrong, and on which line.
pub(super) type Fault = (usize, String);

/// Methods are words in capitals; what follows is the address.
fn method(line: &str) -> Option<(&str, &str)> {
    let (word, rest) = line.split_once([' ', '\t'])?;
    let is_method = word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_method && !word.starts_with("HTTP") && !rest.trim().is_empty()).then(|| (word, rest.trim()))
}

/// `HTTP/1.1 200`, `HTTP 200` or `HTTP *`
fn answer(line: &str) -> Option<(String, String)> {
    let rest = line.strip_prefix("HTTP")?;
    let (version, status) = rest.split_once([' ', '\t'])?;
    let proper = version.is_empty() || version.starts_with('/');
    let status = without_comment(status).trim().to_owned();
    let status = status
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned();
    proper.then(|| (version.trim_start_matches('/').to_owned(), status))
}

/// `[Asserts]`
fn section(line: &str) -> Option<&str> {
    const NAMES: [&str; 12] = [
        "QueryStringParams",
        "Query",
        "FormParams",
        "Form",
        "MultipartFormData",
        "Multipart",
        "Cookies",
        "BasicAuth",
        "Options",
        "Captures",
        "Asserts",
        "Headers",
    ];
    let inside = without_comment(line)
        .trim()
        .strip_prefix('[')?
        .strip_suffix(']')?;
    NAMES.into_iter().find(|name| *name == inside)
}

/// A line without the comment at its end; `#` in quotes and behind a backslash is none.
pub(super) fn without_comment(line: &str) -> &str {
    let (mut quote, mut escaped) = (None, false);
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (_, '\\') => escaped = true,
            (Some(open), letter) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(letter),
            (None, '#') if at == 0 || line[..at].ends_with([' ', '\t']) => return &line[..at],
            _ => {}
        }
    }
    line
}

/// Reads a file.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, Fault> {
    let lines: Vec<&str> = text.lines().collect();
    let mut parser = Parser {
        lines: &lines,
        at: 0,
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut comment = None;
    while let Some(line) = parser.peek() {
        let number = parser.at + 1;
        let plain = line.trim();
        if plain.is_empty() {
            comment = None;
            parser.at += 1;
        } else if let Some(text) = plain.strip_prefix('#') {
            comment = Some(text.trim_start_matches('#').trim().to_owned())
                .filter(|text| !text.is_empty());
            parser.at += 1;
        } else if let Some((method, url)) = method(plain) {
            if entries.len() >= ENTRIES {
                return Err((number, "there are more than 5,000 entries".to_owned()));
            }
            parser.at += 1;
            let mut entry = Entry {
                line: number,
                method: method.to_owned(),
                url: without_comment(url).trim().to_owned(),
                comment: comment.take(),
                ..Entry::default()
            };
            entry.request = parser.part()?;
            if let Some((version, status)) = parser.peek().and_then(|line| answer(line.trim())) {
                parser.at += 1;
                entry.response = Some((version, status, parser.part()?));
            }
            entries.push(entry);
        } else {
            return Err((
                number,
                "neither a request such as `GET https://acme.example` nor a comment stands here"
                    .to_owned(),
            ));
        }
    }
    Ok(entries)
}

struct Parser<'l> {
    lines: &'l [&'l str],
    at: usize,
}

impl<'l> Parser<'l> {
    fn peek(&self) -> Option<&'l str> {
        self.lines.get(self.at).copied()
    }

    /// Headers, then sections, then a body, until the next part begins.
    fn part(&mut self) -> Result<Part, Fault> {
        let mut part = Part::default();
        let mut open: Option<usize> = None;
        while let Some(line) = self.peek() {
            let number = self.at + 1;
            let plain = line.trim();
            if plain.is_empty() {
                self.at += 1;
                continue;
            }
            if plain.starts_with('#') {
                // A comment right above a request belongs to that.
                let Some(after) = self.behind_comments() else {
                    break;
                };
                self.at = after;
                continue;
            }
            if answer(plain).is_some() || (method(plain).is_some() && !is_pair_in(plain, open)) {
                break;
            }
            if let Some(name) = section(plain) {
                part.sections.push((name.to_owned(), Vec::new()));
                open = Some(part.sections.len() - 1);
                self.at += 1;
                continue;
            }
            let begins_body = begins_body(plain);
            if begins_body
                && part.body.is_none()
                && (open.is_none()
                    || !plain.contains(':')
                    || plain.starts_with(['{', '[', '<', '`']))
            {
                part.body = Some((number, self.body()?));
                continue;
            }
            let text = without_comment(plain).trim().to_owned();
            let line = Line { number, text };
            self.at += 1;
            match open.and_then(|open| part.sections.get_mut(open)) {
                Some((_, lines)) => {
                    let line = self.whole(line)?;
                    lines.push(line);
                }
                None if line.text.contains(':') => part.headers.push(line),
                None => {
                    return Err((
                        number,
                        "this is neither a header, a section, a body nor the answer (`HTTP 200`)"
                            .to_owned(),
                    ));
                }
            }
        }
        Ok(part)
    }

    /// Where the comments end that begin here, unless a request stands right below them.
    fn behind_comments(&self) -> Option<usize> {
        let rest = self.lines[self.at..].iter();
        let comments = rest.take_while(|line| line.trim().starts_with('#'));
        let after = self.at + comments.count();
        let below = self.lines.get(after);
        let is_request = below.is_some_and(|line| method(line.trim()).is_some());
        (!is_request).then_some(after)
    }

    /// A value of several lines belongs to the line that it begins on.
    fn whole(&mut self, mut line: Line) -> Result<Line, Fault> {
        if !line.text.ends_with("```") && !line.text.contains("```") {
            return Ok(line);
        }
        if line.text.matches("```").count() >= 2 {
            return Ok(line);
        }
        loop {
            let Some(next) = self.peek().map(str::to_owned) else {
                return Err((
                    line.number,
                    "a text that begins with ``` never ends".to_owned(),
                ));
            };
            self.at += 1;
            line.text.push('\n');
            line.text.push_str(&next);
            if next.contains("```") {
                return Ok(line);
            }
        }
    }

    fn body(&mut self) -> Result<Body, Fault> {
        let number = self.at + 1;
        let first = self.peek().unwrap_or_default().trim().to_owned();
        if let Some(rest) = first.strip_prefix("```") {
            return self.multiline(number, rest);
        }
        let until_semicolon = |prefix: &str| {
            let rest = first.strip_prefix(prefix)?;
            rest.split(';').next().map(str::to_owned)
        };
        for (prefix, make) in [
            ("base64,", Body::Base64 as fn(String) -> Body),
            ("hex,", Body::Hex),
            ("file,", Body::File),
        ] {
            if let Some(inside) = until_semicolon(prefix) {
                self.at += 1;
                return Ok(make(inside.trim().to_owned()));
            }
        }
        if let Some(text) = first.strip_prefix('`') {
            self.at += 1;
            return Ok(Body::Text(
                text.split('`').next().unwrap_or_default().to_owned(),
            ));
        }
        if first.starts_with('<') {
            return Ok(Body::Text(self.lines_until_next()));
        }
        self.json(number)
    }

    fn multiline(&mut self, number: usize, rest: &str) -> Result<Body, Fault> {
        self.at += 1;
        if let Some(inside) = rest.strip_suffix("```") {
            return Ok(Body::Text(inside.to_owned()));
        }
        let kind = rest.split(',').next().unwrap_or_default().trim().to_owned();
        let mut text = String::new();
        while let Some(line) = self.peek().map(str::to_owned) {
            self.at += 1;
            if let Some(last) = line.trim_end().strip_suffix("```") {
                text.push_str(last);
                return Ok(if kind.is_empty() {
                    Body::Text(text)
                } else {
                    Body::Typed(kind, text)
                });
            }
            text.push_str(&line);
            text.push('\n');
        }
        Err((number, "a text that begins with ``` never ends".to_owned()))
    }

    fn lines_until_next(&mut self) -> String {
        let mut text = String::new();
        while let Some(line) = self.peek() {
            let plain = line.trim();
            if answer(plain).is_some()
                || method(plain).is_some()
                || section(plain).is_some()
                || plain.is_empty()
            {
                break;
            }
            text.push_str(line);
            text.push('\n');
            self.at += 1;
        }
        text
    }

    /// A JSON value ends where its brackets do.
    fn json(&mut self, number: usize) -> Result<Body, Fault> {
        let mut text = String::new();
        let (mut depth, mut inside, mut escaped) = (0_usize, false, false);
        while let Some(line) = self.peek().map(str::to_owned) {
            self.at += 1;
            for letter in line.chars() {
                match letter {
                    _ if escaped => escaped = false,
                    '\\' if inside => escaped = true,
                    '"' => inside = !inside,
                    '{' | '[' if !inside => depth += 1,
                    '}' | ']' if !inside => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            text.push_str(&line);
            text.push('\n');
            if depth == 0 && !inside {
                return Ok(Body::Json(
                    without_comment(text.trim_end()).trim_end().to_owned(),
                ));
            }
        }
        Err((number, "the JSON that begins here never ends".to_owned()))
    }
}

/// Whether a line below a section is one of its own although it begins with a word in capitals.
fn is_pair_in(line: &str, open: Option<usize>) -> bool {
    let before = line.split([' ', '\t']).next().unwrap_or_default();
    open.is_some() && before.ends_with(':')
}

fn begins_body(line: &str) -> bool {
    let json = line.starts_with('{') && !line.starts_with("{{");
    let list = line.starts_with('[');
    let texts = ["```", "`", "<", "base64,", "hex,", "file,"];
    json || list
        || texts.iter().any(|start| line.starts_with(start))
        || line.starts_with('"') && !line.contains("\":")
        || ["true", "false", "null"].contains(&line)
}
