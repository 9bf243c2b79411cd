//! A recording of 5 MB, as a browser writes one of a portal: pages, scripts and pictures with their bodies, lists and
//! records in JSON, a login whose token goes with everything that follows, forms with tokens that each page renews, and
//! ids that go on from answers into paths and bodies.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::failure::Failure;

/// How large the recording is at least, in bytes.
const SIZE: usize = 5 * 1024 * 1024;

/// How many records somebody works on.
const RECORDS: usize = 30;

/// The longest script or picture, in bytes.
const LONGEST: usize = 90_000;

/// What stands around the requests.
const FRAME: [&str; 2] = [
    r#"{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[{"title":"https://portal.acme.example/"}],"entries":["#,
    "]}}",
];

/// Writes the recording, one request at a time: what this process ever held counts as memory of each program that it
/// starts.
///
/// # Errors
/// [`Failure::Io`] when it cannot be written.
pub(super) fn write(path: &Path) -> Result<(), Failure> {
    let written = File::create(path).and_then(|file| stream(BufWriter::new(file)));
    written.map_err(Failure::io(format!("write {}", path.display())))
}

fn stream(file: impl Write) -> io::Result<()> {
    let [before, after] = FRAME;
    let mut recorder = Recorder {
        file,
        random: Random(7),
        entries: 0,
        length: 0,
        token: None,
    };
    recorder.file.write_all(before.as_bytes())?;
    recorder.login()?;
    for number in 0..RECORDS {
        recorder.record(number)?;
        recorder.form(number)?;
    }
    recorder.fill()?;
    recorder.file.write_all(after.as_bytes())?;
    recorder.file.flush()
}

/// Numbers that look random and are the same each time (Knuth's MMIX generator).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 16
    }

    /// So many letters and digits.
    fn text(&mut self, length: usize) -> String {
        let mut text = String::new();
        while text.len() < length {
            // Writing to a text does not fail.
            let _ = write!(text, "{:012x}", self.next() & 0xffff_ffff_ffff);
        }
        text.truncate(length);
        text
    }
}

/// A recording as it is written down.
struct Recorder<W> {
    file: W,
    random: Random,
    /// How many requests there are.
    entries: usize,
    /// How many bytes they have.
    length: usize,
    /// What everything is sent with after the login.
    token: Option<String>,
}

impl<W: Write> Recorder<W> {
    fn add(
        &mut self,
        kind: &str,
        (method, path): (&str, &str),
        sent: Option<(&str, String)>,
        (status, mime): (u16, &str),
        answered: &str,
    ) -> io::Result<()> {
        let mut headers = vec![
            pair("Accept", "application/json, text/plain, */*"),
            pair(
                "User-Agent",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
            ),
            pair("Referer", "https://portal.acme.example/"),
            pair("Sec-Fetch-Mode", "cors"),
            pair("Cookie", "_ga=GA1.1.1234567890.1700000000; theme=dark"),
        ];
        if let Some(token) = &self.token {
            headers.push(pair("Authorization", &format!("Bearer {token}")));
        }
        let body = sent.map(|(mime, text)| json!({ "mimeType": mime, "text": text }));
        let (minutes, seconds) = (self.entries / 60, self.entries % 60);
        let entry = json!({
            "startedDateTime": format!("2026-11-20T10:{minutes:02}:{seconds:02}.000Z"),
            "time": 42.5,
            "_resourceType": kind,
            "request": {
                "method": method,
                "url": format!("https://portal.acme.example{path}"),
                "httpVersion": "h2",
                "headers": headers,
                "queryString": [],
                "cookies": [],
                "postData": body,
            },
            "response": {
                "status": status,
                "statusText": "",
                "headers": [
                    pair("Content-Type", mime),
                    pair("Cache-Control", "no-store"),
                    pair("X-Request-Id", &self.random.text(32)),
                    pair("ETag", &format!("\"{}\"", self.random.text(16))),
                ],
                "content": { "size": answered.len(), "mimeType": mime, "text": answered },
            },
            "timings": { "send": 0.1, "wait": 40.0, "receive": 2.4 },
        });
        let comma = if self.entries == 0 { "" } else { "," };
        let text = format!("{comma}{entry}");
        self.length += text.len();
        self.entries += 1;
        self.file.write_all(text.as_bytes())
    }

    fn json(
        &mut self,
        route: (&str, &str),
        sent: Option<&Value>,
        status: u16,
        answered: &Value,
    ) -> io::Result<()> {
        let sent = sent.map(|sent| ("application/json", sent.to_string()));
        let kind = (status, "application/json");
        self.add("fetch", route, sent, kind, &answered.to_string())
    }

    /// The first page, a login, and who that is.
    fn login(&mut self) -> io::Result<()> {
        let page = "<html><head><title>Client portal</title></head><body><div id=\"root\"></div></body></html>";
        self.add("document", ("GET", "/"), None, (200, "text/html"), page)?;
        let token = self.random.text(64);
        let sent = json!({ "email": "anna@acme.example", "password": "not-a-real-password" });
        let answer = json!({ "token": token, "user": { "id": "usr_anna", "name": "Anna" } });
        self.json(("POST", "/api/login"), Some(&sent), 200, &answer)?;
        self.token = Some(token);
        let me = json!({ "id": "usr_anna", "email": "anna@acme.example", "active": true });
        self.json(("GET", "/api/me"), None, 200, &me)
    }

    /// A page with a form, whose token the form sends back.
    fn form(&mut self, number: usize) -> io::Result<()> {
        let csrf = self.random.text(40);
        let mut rows = String::new();
        for row in 0..60 {
            // Writing to a text does not fail.
            let _ = write!(
                rows,
                "<tr><td>{row}</td><td><a href=\"/records/{}\">Invoice</a></td></tr>",
                self.random.next()
            );
        }
        let page = format!(
            "<html><head><title>Settings</title></head><body><form><input name=\"csrf_token\" value=\"{csrf}\"></form><table>{rows}</table></body></html>"
        );
        let (path, html) = (format!("/settings/{number}"), (200, "text/html"));
        self.add("document", ("GET", &path), None, html, &page)?;
        let sent = format!("csrf_token={csrf}&language=de&page={number}");
        let sent = Some(("application/x-www-form-urlencoded", sent));
        self.add("fetch", ("POST", "/settings/save"), sent, html, "")
    }

    /// A record is created, looked for, opened, changed and removed.
    fn record(&mut self, number: usize) -> io::Result<()> {
        let id = self.random.text(24);
        let title = format!("Roof repair {number}");
        let record = json!({
            "id": id, "title": title, "amount": 4200 + number, "status": "open",
            "created_at": "2026-11-20T10:00:00Z", "notes": self.random.text(400),
        });
        let sent = json!({ "title": title, "amount": 4200 + number, "status": "open" });
        self.json(("POST", "/api/records"), Some(&sent), 201, &record)?;
        let mut items: Vec<Value> = (0..80)
            .map(|row| json!({ "id": self.random.text(24), "title": format!("Invoice {row}"), "status": "open", "owner": { "id": self.random.text(24), "name": "Anna" } }))
            .collect();
        items.push(record.clone());
        let list = json!({ "items": items, "total": 81, "cursor": self.random.text(32) });
        let page = format!("/api/records?page={number}");
        self.json(("GET", &page), None, 200, &list)?;
        let one = format!("/api/records/{id}");
        self.json(("GET", &one), None, 200, &record)?;
        let note = json!({ "record_id": id, "text": self.random.text(200) });
        let notes = format!("{one}/notes");
        let answer = json!({ "id": self.random.text(24), "record_id": id });
        self.json(("POST", &notes), Some(&note), 201, &answer)?;
        let change = json!({ "status": "done" });
        self.json(("PATCH", &one), Some(&change), 200, &record)?;
        self.json(("DELETE", &one), None, 204, &Value::Null)
    }

    /// Scripts and pictures fill the rest, as in any recording with content.
    fn fill(&mut self) -> io::Result<()> {
        let mut number = 0;
        while self.length < SIZE {
            let (kind, path, mime) = match number % 2 {
                0 => (
                    "script",
                    format!("/assets/chunk-{number}.js"),
                    "text/javascript",
                ),
                _ => ("image", format!("/images/{number}.png"), "image/png"),
            };
            let content = self.random.text((SIZE - self.length).min(LONGEST));
            self.add(kind, ("GET", &path), None, (200, mime), &content)?;
            number += 1;
        }
        Ok(())
    }
}

fn pair(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recording_is_json_of_five_megabytes_and_the_same_each_time() {
        let (mut recording, mut again) = (Vec::new(), Vec::new());
        stream(&mut recording).unwrap();
        stream(&mut again).unwrap();
        assert!(
            (SIZE..SIZE + LONGEST).contains(&recording.len()),
            "{}",
            recording.len()
        );
        assert!(recording == again);
        let whole: Value = serde_json::from_slice(&recording).unwrap();
        let entries = whole["log"]["entries"].as_array().unwrap();
        // A record takes six requests and a form two, after the three of the login.
        assert!(entries.len() > 3 + RECORDS * 8, "{}", entries.len());
        let last = &entries[entries.len() - 1]["request"]["headers"];
        assert!(last.to_string().contains("Bearer "), "{last}");
    }
}
