//! Plugins for tests, written as the text of a core module: what a test is about is a few lines.

use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::Resolve;

use crate::interface::http::Request;
use crate::interface::types::{
    Capability, Code, Confidence, Description, Effort, Evidence, Finding, Location, Metric,
    Outcome, Power, Severity, Unit,
};

const WIT: &str = include_str!("../wit/check.wit");
/// Where the data of a guest begins.
const DATA: usize = 1024;

/// A plugin that is being written.
pub(crate) struct Guest {
    memory: Image,
    description: String,
    run: String,
    imports: Vec<String>,
    fields: Vec<String>,
    wit: String,
}

impl Guest {
    /// A plugin that describes itself as [`description`] and runs these instructions, which leave the address
    /// of a `result<outcome, failure>`.
    pub(crate) fn new(run: &str) -> Self {
        Self::described(&description(), run)
    }

    /// The same with another description.
    pub(crate) fn described(description: &Description, run: &str) -> Self {
        let mut memory = Image::default();
        let address = memory.description(description);
        Self {
            memory,
            description: format!("i32.const {address}"),
            run: run.to_owned(),
            imports: Vec::new(),
            fields: Vec::new(),
            wit: WIT.to_owned(),
        }
    }

    /// A plugin that answers with an outcome.
    pub(crate) fn answering(outcome: &Outcome) -> Self {
        Self::new("").answers(outcome)
    }

    /// Answers with an outcome.
    pub(crate) fn answers(mut self, outcome: &Outcome) -> Self {
        let address = self.memory.outcome(outcome);
        self.run = format!("i32.const {address}");
        self
    }

    /// The same after these instructions.
    pub(crate) fn answering_after(run: &str, outcome: &Outcome) -> Self {
        let mut guest = Self::answering(outcome);
        guest.run = format!("{run}\n{}", guest.run);
        guest
    }

    /// Changes the instructions of `run`.
    pub(crate) fn change_run(&mut self, change: impl FnOnce(&str) -> String) {
        self.run = change(&self.run);
    }

    /// Puts other instructions into `description`.
    pub(crate) fn describing(mut self, instructions: &str) -> Self {
        instructions.clone_into(&mut self.description);
        self
    }

    /// Adds an import to the module.
    pub(crate) fn import(mut self, import: &str) -> Self {
        self.imports.push(import.to_owned());
        self
    }

    /// Adds a field to the module, such as a function or a table.
    pub(crate) fn with(mut self, field: &str) -> Self {
        self.fields.push(field.to_owned());
        self
    }

    /// Puts a text into the memory and gives it a name: `$NAME` and `$NAME-length` are constants.
    pub(crate) fn text(mut self, name: &str, text: &[u8]) -> Self {
        let (address, length) = self.memory.bytes(text);
        self.constant(name, address);
        self.constant(&format!("{name}-length"), length);
        self
    }

    /// Puts a request into the memory and gives its address a name.
    pub(crate) fn request(mut self, name: &str, request: &Request) -> Self {
        let address = self.memory.request(request);
        self.constant(name, address);
        self
    }

    /// Puts words of 32 bits into the memory and gives their address a name.
    pub(crate) fn words(mut self, name: &str, words: &[u32]) -> Self {
        let address = self.memory.words(words);
        self.constant(name, address);
        self
    }

    /// Changes the interface that the plugin is made for.
    pub(crate) fn interface(mut self, change: impl FnOnce(&str) -> String) -> Self {
        self.wit = change(&self.wit);
        self
    }

    fn constant(&mut self, name: &str, value: u32) {
        let field = format!("(global ${name} i32 (i32.const {value}))");
        self.fields.push(field);
    }

    /// The text of the core module.
    fn module(&self) -> String {
        let data: String = self
            .memory
            .bytes
            .iter()
            .map(|byte| format!("\\{byte:02x}"))
            .collect();
        // A version other than the one here must stand in the names of the imports too.
        let version = self
            .wit
            .split_once("tidegate:check@")
            .map_or("", |(_, rest)| rest);
        let version = version.split(';').next().unwrap_or_default();
        let free = (DATA + self.memory.bytes.len()).next_multiple_of(8);
        format!(
            r#"(module
              (import "tidegate:check/http@{version}" "send" (func $send (param i32 i32)))
              (import "tidegate:check/recorded@{version}" "page" (func $page (param i64 i32 i32)))
              (import "tidegate:check/files@{version}" "find" (func $find (param i32 i32 i32)))
              (import "tidegate:check/files@{version}" "read" (func $read (param i32 i32 i32 i32)))
              (import "tidegate:check/log@{version}" "write" (func $log (param i32 i32 i32)))
              {imports}
              (memory (export "memory") {pages})
              {fields}
              (data (i32.const {DATA}) "{data}")
              (global $free (mut i32) (i32.const {free}))
              (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
                (global.set $free (i32.add (local.get $at) (local.get 3)))
                (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
                  (then (if (i32.eq (i32.const -1) (memory.grow
                    (i32.add (i32.const 1) (i32.div_u (local.get 3) (i32.const 65536)))))
                    (then unreachable))))
                (local.get $at))
              (func $description (export "description") (result i32) {description})
              (func $run (export "run") (param $arguments i32) (result i32) {run}))"#,
            imports = self.imports.join("\n"),
            fields = self.fields.join("\n"),
            pages = free / 65536 + 1,
            description = self.description,
            run = self.run,
        )
    }

    /// The component.
    pub(crate) fn component(&self) -> Vec<u8> {
        let mut module = wat::parse_str(self.module()).expect("the module's text is well-formed");
        let mut resolve = Resolve::default();
        let package = resolve
            .push_source("check.wit", &self.wit)
            .expect("the interface is well-formed");
        let world = resolve
            .select_world(&[package], Some("plugin"))
            .expect("it has a world");
        wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
            .expect("the world can be embedded");
        let encoder = ComponentEncoder::default()
            .module(&module)
            .expect("the module fits");
        encoder
            .validate(true)
            .encode()
            .expect("the component is well-formed")
    }
}

/// The memory of a guest, filled as the canonical ABI lays values out
/// (<https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>).
#[derive(Default)]
struct Image {
    bytes: Vec<u8>,
}

impl Image {
    /// Puts bytes at a multiple of 8, and gives their address and length.
    fn bytes(&mut self, bytes: &[u8]) -> (u32, u32) {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let address = u32::try_from(DATA + self.bytes.len()).unwrap();
        self.bytes.extend_from_slice(bytes);
        (address, u32::try_from(bytes.len()).unwrap())
    }

    fn words(&mut self, words: &[u32]) -> u32 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.bytes(&bytes).0
    }

    fn text(&mut self, text: &str) -> [u32; 2] {
        let (address, length) = self.bytes(text.as_bytes());
        [address, length]
    }

    fn optional(&mut self, text: Option<&String>) -> [u32; 3] {
        text.map_or([0; 3], |text| {
            let [address, length] = self.text(text);
            [1, address, length]
        })
    }

    fn list<T>(&mut self, items: &[T], item: impl Fn(&mut Self, &T) -> Vec<u32>) -> [u32; 2] {
        let words: Vec<u32> = items.iter().flat_map(|one| item(self, one)).collect();
        [self.words(&words), u32::try_from(items.len()).unwrap()]
    }

    fn description(&mut self, description: &Description) -> u32 {
        let texts = [
            self.text(&description.name),
            self.text(&description.version),
            self.text(&description.summary),
            self.text(&description.documentation),
            self.text(&description.config_schema),
        ];
        let codes = self.list(&description.codes, Self::code);
        let capabilities = self.list(&description.capabilities, Self::capability);
        self.words(&[texts.concat(), codes.to_vec(), capabilities.to_vec()].concat())
    }

    fn code(&mut self, code: &Code) -> Vec<u32> {
        let named = [self.text(&code.slug), self.text(&code.summary)].concat();
        let advice = [self.text(&code.impact), self.text(&code.remedy)].concat();
        [
            named,
            vec![code.severity as u32],
            advice,
            vec![code.effort as u32],
        ]
        .concat()
    }

    fn capability(&mut self, capability: &Capability) -> Vec<u32> {
        let power = match &capability.power {
            Power::TargetRead => [0; 3],
            Power::TargetWrite => [1, 0, 0],
            Power::Apis => [2, 0, 0],
            Power::Host(text) => [&[3][..], &self.text(text)].concat().try_into().unwrap(),
            Power::Secret(text) => [&[4][..], &self.text(text)].concat().try_into().unwrap(),
            Power::Files(text) => [&[5][..], &self.text(text)].concat().try_into().unwrap(),
            Power::Recorded => [6, 0, 0],
        };
        let reason = self.text(&capability.reason);
        [&power[..], &reason, &[capability.optional.into()]].concat()
    }

    /// A `result<outcome, failure>` with an outcome.
    fn outcome(&mut self, outcome: &Outcome) -> u32 {
        let findings = self.list(&outcome.findings, Self::finding);
        let metrics = self.list(&outcome.metrics, Self::metric);
        let notes = self.list(&outcome.notes, |image, note| image.text(note).to_vec());
        let inconclusive = self.optional(outcome.inconclusive.as_ref());
        let lists = [findings, metrics, notes].concat();
        self.words(&[&[0, outcome.evaluated][..], &lists, &inconclusive].concat())
    }

    fn finding(&mut self, finding: &Finding) -> Vec<u32> {
        let texts = [self.text(&finding.code), self.text(&finding.title)].concat();
        let severity = finding
            .severity
            .map_or(0, |severity| 1 | (severity as u32) << 8);
        let levels = severity | (finding.confidence as u32) << 16;
        let location = finding.location.as_ref().map_or([0; 7], |location| {
            let [address, length] = self.text(&location.file);
            let optional = |number: Option<u32>| (number.is_some().into(), number.unwrap_or(0));
            let (line, column) = (optional(location.line), optional(location.column));
            [1, address, length, line.0, line.1, column.0, column.1]
        });
        let evidence = self.list(&finding.evidence, |image, Evidence { label, text }| {
            [image.text(label), image.text(text)].concat()
        });
        let remediation = self.optional(finding.remediation.as_ref());
        let subject = self.optional(finding.subject.as_ref());
        [
            &texts[..],
            &[levels],
            &location,
            &evidence,
            &remediation,
            &subject,
        ]
        .concat()
    }

    fn metric(&mut self, metric: &Metric) -> Vec<u32> {
        let texts = [self.text(&metric.name), self.text(&metric.subject)].concat();
        let bits = metric.value.to_bits();
        let value = [(bits & u64::from(u32::MAX)) as u32, (bits >> 32) as u32];
        [&texts[..], &[metric.unit as u32, 0], &value].concat()
    }

    fn request(&mut self, request: &Request) -> u32 {
        use crate::interface::http::Place;

        let method = self.text(&request.method);
        let place = match &request.place {
            Place::Target(path) => [&[0][..], &self.text(path), &[0, 0]].concat(),
            Place::Api((api, path)) => [&[1][..], &self.text(api), &self.text(path)].concat(),
            Place::Url(url) => [&[2][..], &self.text(url), &[0, 0]].concat(),
        };
        let route = self.optional(request.route.as_ref());
        let identity = self.optional(request.identity.as_ref());
        let headers = self.list(&request.headers, |image, header| {
            [image.text(&header.name), image.text(&header.value)].concat()
        });
        let body = request.body.as_ref().map_or([0; 3], |body| {
            let (address, length) = self.bytes(body);
            [1, address, length]
        });
        let number = |number: Option<u32>| [number.is_some().into(), number.unwrap_or(0)];
        let (timeout, limit) = (number(request.timeout), number(request.body_limit));
        let redirects = [u32::from(request.redirects)];
        let named = [&method[..], &place, &route, &identity].concat();
        self.words(&[&named[..], &headers, &body, &timeout, &redirects, &limit].concat())
    }
}

/// A description that is well-formed.
pub(crate) fn description() -> Description {
    Description {
        name: "invoice-totals".to_owned(),
        version: "1.2.0".to_owned(),
        summary: "Adds up the lines of invoices".to_owned(),
        documentation: "## What it does\nIt adds up.".to_owned(),
        config_schema: r#"{"type":"object"}"#.to_owned(),
        codes: vec![Code {
            slug: "total-differs".to_owned(),
            summary: "the total is not the sum".to_owned(),
            severity: Severity::High,
            impact: "Clients are billed a wrong amount.".to_owned(),
            remedy: "Add up in cents.".to_owned(),
            effort: Effort::Small,
        }],
        capabilities: vec![Capability {
            power: Power::TargetRead,
            reason: "to read the invoices".to_owned(),
            optional: false,
        }],
    }
}

/// An outcome with one expectation and nothing found.
pub(crate) fn outcome() -> Outcome {
    Outcome {
        evaluated: 1,
        findings: Vec::new(),
        metrics: Vec::new(),
        notes: Vec::new(),
        inconclusive: None,
    }
}

/// A finding that is well-formed.
pub(crate) fn finding() -> Finding {
    Finding {
        code: "total-differs".to_owned(),
        title: "invoice 17 has another total".to_owned(),
        severity: None,
        confidence: Confidence::High,
        location: None,
        evidence: Vec::new(),
        remediation: None,
        subject: None,
    }
}

/// What the golden guests say of themselves: every power, and every level.
pub(crate) fn golden_description() -> Description {
    let powers = [
        Power::TargetRead,
        Power::TargetWrite,
        Power::Apis,
        Power::Host("https://api.stripe.com".to_owned()),
        Power::Secret("STRIPE_KEY".to_owned()),
        Power::Files("exports/**/*.csv".to_owned()),
        Power::Recorded,
    ];
    let capabilities = powers.map(|power| Capability {
        power,
        reason: "to show that it can be asked for".to_owned(),
        optional: true,
    });
    let severities = [
        Severity::Info,
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
    ];
    let efforts = [Effort::Small, Effort::Medium, Effort::Large]
        .into_iter()
        .cycle();
    let codes = severities.into_iter().zip(efforts).enumerate();
    let codes = codes.map(|(number, (severity, effort))| Code {
        slug: format!("code-{number}"),
        severity,
        effort,
        ..description().codes[0].clone()
    });
    Description {
        name: "golden".to_owned(),
        version: "0.1.0".to_owned(),
        summary: "Uses everything that its version of the interface has".to_owned(),
        documentation: "## What it does\nIt must run for ever.".to_owned(),
        codes: codes.chain(description().codes).collect(),
        capabilities: capabilities.to_vec(),
        ..description()
    }
}

/// What the golden guests find: every field of an outcome is set.
pub(crate) fn golden_outcome() -> Outcome {
    let finding = Finding {
        severity: Some(Severity::Critical),
        location: Some(Location {
            file: "exports/a.csv".to_owned(),
            line: Some(3),
            column: Some(1),
        }),
        evidence: vec![Evidence {
            label: "actual".to_owned(),
            text: "12\n13".to_owned(),
        }],
        remediation: Some("Add up again.".to_owned()),
        subject: Some("invoice 17".to_owned()),
        ..finding()
    };
    let units = [Unit::Milliseconds, Unit::Bytes, Unit::Count];
    let metrics = units.map(|unit| Metric {
        name: "invoices".to_owned(),
        subject: "march".to_owned(),
        unit,
        value: 3.5,
    });
    Outcome {
        evaluated: 3,
        findings: vec![finding, self::finding()],
        metrics: metrics.to_vec(),
        notes: vec!["two were skipped".to_owned()],
        inconclusive: Some("the rest is not there".to_owned()),
    }
}
