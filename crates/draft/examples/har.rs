//! Measures the import of a recording of 5 MB: `cargo run --release -p tidegate-draft --example har`.
//!
//! The recording is made in memory, as a browser writes one of a portal: pages, scripts and pictures with their
//! bodies, lists and records in JSON, a login whose token goes with everything that follows, forms with tokens
//! that each page renews, and ids that go on from answers into paths and bodies. The time goes from the bytes to
//! the gate file; its median and quartiles are told in milliseconds.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tidegate_draft::import::{Format, Imported, Input, Source, Taken, import};
use tidegate_testkit::machine::Shelf;

/// How large the recording is, in bytes.
const SIZE: usize = 5 * 1024 * 1024;

/// How often it is imported.
const TIMES: usize = 20;

/// How many records somebody works on.
const RECORDS: usize = 30;

fn main() -> Result<(), Box<dyn Error>> {
    let recording = recording();
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..TIMES {
        let begun = Instant::now();
        let imported = imported(recording.as_bytes())?;
        times.push(begun.elapsed());
        last = Some(imported);
    }
    times.sort_unstable();
    let at = |part: usize| milliseconds(times[(times.len() - 1) * part / 4]);
    let last = last.ok_or("nothing was imported")?;
    let told = json!({
        "bytes": recording.len(),
        "requests": last.requests,
        "gate-bytes": last.gate.len(),
        "secrets": last.needed.len(),
        "times": times.len(),
        "quartile-1-ms": at(1),
        "median-ms": at(2),
        "quartile-3-ms": at(3),
        "most-ms": at(4),
    });
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}

fn imported(bytes: &[u8]) -> Result<Imported, tidegate_draft::import::ImportError> {
    let source = Source {
        name: "portal.har",
        bytes,
    };
    let input = Input {
        format: Some(Format::Har),
        sources: &[source],
        environment: None,
        origins: &[],
        files: &Shelf::default(),
    };
    import(&input, &Taken::default())
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
struct Recorder {
    random: Random,
    entries: Vec<Json>,
    /// How many bytes the entries have.
    length: usize,
    token: Option<String>,
}

impl Recorder {
    fn add(
        &mut self,
        kind: &str,
        (method, path): (&str, &str),
        sent: Option<(&str, String)>,
        (status, mime): (u16, &str),
        answered: String,
    ) {
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
        let minutes = self.entries.len() / 60;
        let seconds = self.entries.len() % 60;
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
        self.length += entry.to_string().len() + 1;
        self.entries.push(entry);
    }

    fn json(&mut self, route: (&str, &str), sent: Option<&Json>, status: u16, answered: &Json) {
        let sent = sent.map(|sent| ("application/json", sent.to_string()));
        let answered = answered.to_string();
        self.add("fetch", route, sent, (status, "application/json"), answered);
    }

    /// A page with a form, whose token the form sends back.
    fn form(&mut self, number: usize) {
        let csrf = self.random.text(40);
        let mut rows = String::new();
        for row in 0..60 {
            let _ = write!(
                rows,
                "<tr><td>{row}</td><td><a href=\"/records/{}\">Invoice</a></td></tr>",
                self.random.next()
            );
        }
        let page = format!(
            "<html><head><title>Settings</title></head><body><form><input name=\"csrf_token\" value=\"{csrf}\"></form><table>{rows}</table></body></html>"
        );
        let path = format!("/settings/{number}");
        self.add("document", ("GET", &path), None, (200, "text/html"), page);
        let sent = format!("csrf_token={csrf}&language=de&page={number}");
        let sent = ("application/x-www-form-urlencoded", sent);
        let route = ("POST", "/settings/save");
        self.add(
            "fetch",
            route,
            Some(sent),
            (200, "text/html"),
            String::new(),
        );
    }

    /// A record is created, looked for, opened, changed and removed.
    fn record(&mut self, number: usize) {
        let id = self.random.text(24);
        let title = format!("Roof repair {number}");
        let record = json!({
            "id": id, "title": title, "amount": 4200 + number, "status": "open",
            "created_at": "2026-11-20T10:00:00Z", "notes": self.random.text(400),
        });
        let sent = json!({ "title": title, "amount": 4200 + number, "status": "open" });
        self.json(("POST", "/api/records"), Some(&sent), 201, &record);
        let mut items: Vec<Json> = (0..80)
            .map(|row| json!({ "id": self.random.text(24), "title": format!("Invoice {row}"), "status": "open", "owner": { "id": self.random.text(24), "name": "Anna" } }))
            .collect();
        items.push(record.clone());
        let list = json!({ "items": items, "total": 81, "cursor": self.random.text(32) });
        let page = format!("/api/records?page={number}");
        self.json(("GET", &page), None, 200, &list);
        let one = format!("/api/records/{id}");
        self.json(("GET", &one), None, 200, &record);
        let note = json!({ "record_id": id, "text": self.random.text(200) });
        let notes = format!("{one}/notes");
        let answer = json!({ "id": self.random.text(24), "record_id": id });
        self.json(("POST", &notes), Some(&note), 201, &answer);
        let change = json!({ "status": "done" });
        self.json(("PATCH", &one), Some(&change), 200, &record);
        self.json(("DELETE", &one), None, 204, &Json::Null);
    }
}

fn pair(name: &str, value: &str) -> Json {
    json!({ "name": name, "value": value })
}

fn recording() -> String {
    let mut recorder = Recorder {
        random: Random(7),
        entries: Vec::new(),
        length: 0,
        token: None,
    };
    let page = "<html><head><title>Client portal</title></head><body><div id=\"root\"></div></body></html>";
    let html = (200, "text/html");
    recorder.add("document", ("GET", "/"), None, html, page.to_owned());
    let token = recorder.random.text(64);
    let sent = json!({ "email": "anna@acme.example", "password": "not-a-real-password" });
    let answer = json!({ "token": token, "user": { "id": "usr_anna", "name": "Anna" } });
    recorder.json(("POST", "/api/login"), Some(&sent), 200, &answer);
    recorder.token = Some(token);
    let me = json!({ "id": "usr_anna", "email": "anna@acme.example", "active": true });
    recorder.json(("GET", "/api/me"), None, 200, &me);
    for number in 0..RECORDS {
        recorder.record(number);
        recorder.form(number);
    }
    // Scripts and pictures fill the rest, as in any recording with content.
    let mut number = 0;
    while recorder.length < SIZE {
        let (path, mime) = match number % 2 {
            0 => (format!("/assets/chunk-{number}.js"), "text/javascript"),
            _ => (format!("/images/{number}.png"), "image/png"),
        };
        let kind = if number % 2 == 0 { "script" } else { "image" };
        let length = (SIZE - recorder.length).min(90_000);
        let content = recorder.random.text(length);
        recorder.add(kind, ("GET", &path), None, (200, mime), content);
        number += 1;
    }
    json!({ "log": { "version": "1.2", "creator": { "name": "WebInspector", "version": "537.36" }, "pages": [{ "title": "https://portal.acme.example/" }], "entries": recorder.entries } }).to_string()
}
