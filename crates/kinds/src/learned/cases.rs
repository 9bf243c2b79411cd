//! A project that is gated again and again.

use std::collections::BTreeMap;
use tidegate_core::exchange::Observed;

use tidegate_core::ports::Snapshots;
use tidegate_core::span::{Source, Span};

use super::*;
use crate::testing::{self, FakeFiles, exchange};

pub(super) const PATH: &str = "tidegate.contract.json";

/// The snapshots of a folder that can be made read-only.
#[derive(Default)]
pub(super) struct FakeSnapshots {
    pub(super) files: Mutex<BTreeMap<String, Vec<u8>>>,
    pub(super) read_only: bool,
    pub(super) writes: Mutex<usize>,
}

impl Snapshots for FakeSnapshots {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        Ok(self.files.lock().unwrap().get(path).cloned())
    }

    fn write(&self, path: &str, content: &[u8]) -> Result<(), SnapshotError> {
        if self.read_only {
            return Err(SnapshotError {
                path: path.into(),
                action: "written",
                reason: "the folder is read-only".into(),
            });
        }
        *self.writes.lock().unwrap() += 1;
        let mut files = self.files.lock().unwrap();
        files.insert(path.into(), content.to_vec());
        Ok(())
    }
}

/// A project that is gated again and again.
#[derive(Default, Clone)]
pub(super) struct Project {
    pub(super) snapshots: Arc<FakeSnapshots>,
}

/// What a run said.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) findings: Vec<Finding>,
    pub(super) notes: Vec<String>,
    pub(super) evaluated: u32,
}

impl Ran {
    pub(super) fn codes(&self) -> Vec<&str> {
        let findings = self.findings.iter();
        findings.map(|finding| finding.code.as_str()).collect()
    }

    pub(super) fn only(&self) -> &Finding {
        assert_eq!(self.findings.len(), 1, "{:?}", self.codes());
        &self.findings[0]
    }
}

impl Project {
    pub(super) fn holding(text: &str) -> Self {
        let project = Self::default();
        let mut files = project.snapshots.files.lock().unwrap();
        files.insert(PATH.into(), text.as_bytes().to_vec());
        drop(files);
        project
    }

    pub(super) fn text(&self) -> String {
        let files = self.snapshots.files.lock().unwrap();
        let text = files.get(PATH).map(|text| text.to_vec());
        String::from_utf8(text.unwrap_or_default()).unwrap()
    }

    pub(super) fn try_run(
        &self,
        updating: Updating,
        exchanges: &[Exchange],
    ) -> Result<Ran, CheckError> {
        let source = Source::new("tidegate.yaml", "version: 1\ncontract: learn\n");
        let path = Located {
            value: PATH.to_owned(),
            span: Span::new(source, 21, 26),
        };
        let scope = ObserverScope {
            learned: Some(&path),
            ..ObserverScope::default()
        };
        let observer = kind().parse(None, &scope).unwrap().unwrap();
        let context = ObserverContext {
            environment: testing::environment(),
            files: FakeFiles::new(&[]),
            snapshots: self.snapshots.clone(),
            updating,
        };
        let mut reports = vec![observer.begin(&context)?];
        reports.extend(
            exchanges
                .iter()
                .map(|exchange| observer.observe(&Observed::new(exchange))),
        );
        reports.push(observer.finish());
        let mut ran = Ran {
            findings: Vec::new(),
            notes: Vec::new(),
            evaluated: 0,
        };
        for report in reports {
            ran.findings.extend(report.findings);
            ran.notes.extend(report.notes);
            ran.evaluated += report.evaluated;
        }
        Ok(ran)
    }

    pub(super) fn run(&self, updating: Updating, exchanges: &[Exchange]) -> Ran {
        self.try_run(updating, exchanges).unwrap()
    }

    /// A project that has learned from an answer by as many runs.
    pub(super) fn taught(body: &str, runs: usize) -> Self {
        let project = Self::default();
        for _ in 0..runs {
            let ran = project.run(Updating::Extend, &[get(body)]);
            assert_eq!(ran.codes(), [""; 0]);
        }
        project
    }
}

pub(super) fn get(body: &str) -> Exchange {
    let mut exchange = exchange(200, "application/json; charset=utf-8", body);
    exchange.method = "GET".into();
    exchange.route = "/api/records/${record}?full=1".into();
    exchange.url = "http://127.0.0.1/api/records/rec_1?full=1".into();
    exchange
}

pub(super) const RECORD: &str = r#"{"id":"0191b5d2-7e1c-4f7a-9c3d-1a2b3c4d5e6f","title":"Ship it, please","amount":1200,
    "state":"open","created_at":"2026-11-26T07:01:00Z","tags":[{"name":"Big one"},{"name":"New one"}],
    "owner":{"email":"anna@acme.example","note":null}}"#;

/// A record in which one text is replaced by another.
pub(super) fn record(from: &str, to: &str) -> String {
    assert!(RECORD.contains(from), "{from}");
    RECORD.replace(from, to)
}
