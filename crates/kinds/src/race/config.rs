//! What a race is told in the gate file.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::node::Node;
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::Template;

use super::certainty;
use super::mode::{Measure, Mode, Watch};
use crate::attack::plain;
use crate::flow::{Step, parse_steps, references};

/// How many requests are sent at once unless the gate file says otherwise.
const TIMES: u32 = 12;
/// The most that it may say.
const MOST_TIMES: u32 = 50;
/// The built-in values that are others in each round, so that they tell its things apart.
pub(super) const MARKS: [&str; 3] = ["unique", "canary", "uuid"];
/// The name that the removing request has for an id.
pub(super) const ID: &str = "id";

/// The value of `race:`.
pub(super) struct Config {
    /// What each round begins with.
    pub(super) before: Vec<Step>,
    /// The request that is sent many times at once.
    pub(super) send: RequestTemplate,
    /// Who sends it.
    pub(super) identity: Option<IdentityName>,
    /// How many times it is sent at once.
    pub(super) times: u32,
    /// What is asked.
    pub(super) mode: Mode,
    /// Where it is read what came of it.
    pub(super) watch: Watch,
    /// The request that removes what was created, with `${id}`.
    pub(super) cleanup: Option<RequestTemplate>,
    /// The built-in value that stands in what the request creates.
    pub(super) mark: Option<&'static str>,
    /// How many rounds there are.
    pub(super) rounds: u32,
    /// The chance that one round catches a fault.
    pub(super) chance: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    before: Option<Node>,
    send: Node,
    #[serde(default)]
    times: Option<Located<u32>>,
    #[serde(default)]
    duplicate: Option<Node>,
    #[serde(default)]
    idempotent: Option<Node>,
    #[serde(default)]
    double_submit: Option<Node>,
    #[serde(default)]
    lost_update: Option<Node>,
    #[serde(default)]
    limit: Option<Node>,
    #[serde(default)]
    cleanup: Option<Node>,
    #[serde(default)]
    rounds: Option<Located<u32>>,
    #[serde(default)]
    certainty: Option<Node>,
    #[serde(default)]
    chance: Option<Node>,
}

impl Config {
    /// Reads the value of `race:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let raw: Raw = node.read()?;
        let (key, asked) = one_mode(&raw, node)?;
        let times = times(raw.times.as_ref(), key)?;
        let mut send = plain(&raw.send, scope)?;
        if !send.writes() {
            return Err(vec![changes_nothing(&send)]);
        }
        let (mode, watch) = Mode::parse(key, asked, times, scope)?;
        if let Mode::Idempotent(header) = &mode {
            carry_key(&mut send, header)?;
        }
        let before = raw.before.as_ref().map(|node| parse_steps(node, scope));
        let before = before.transpose()?.unwrap_or_default();
        let cleanup = raw.cleanup.as_ref().map(|node| plain(node, scope));
        let (rounds, chance) = certainty::plan(
            raw.rounds.as_ref(),
            raw.certainty.as_ref(),
            raw.chance.as_ref(),
            &node.span,
        )?;
        let config = Self {
            mark: mark(&send),
            identity: scope.identity.cloned(),
            cleanup: cleanup.transpose()?,
            before,
            send,
            times,
            mode,
            watch,
            rounds,
            chance,
        };
        config.check(asked)?;
        Ok(config)
    }

    /// Holds the parts against each other.
    fn check(&self, asked: &Node) -> Result<(), Vec<Diagnostic>> {
        references::check(&self.before)?;
        let mut faults = Vec::new();
        let captures = self.before.iter().flat_map(|step| &step.captures);
        let mut known = BUILT_IN.to_vec();
        known.extend(captures.clone().map(|capture| capture.name.as_str()));
        references::unknown(&self.send.templates(), &known, &mut faults);
        references::unknown(&self.watch.templates(), &known, &mut faults);
        if let Some(cleanup) = &self.cleanup {
            let taken = captures.filter(|capture| capture.name == ID);
            faults.extend(taken.map(|capture| {
                Diagnostic::at(capture.span.clone(), "`id` is what `cleanup` removes")
                    .label("needs another name")
            }));
            known.push(ID);
            references::unknown(&cleanup.templates(), &known, &mut faults);
            faults.extend(self.without_ids(cleanup));
        }
        if self.mark.is_none() && (self.mode.creates() || self.cleanup.is_some()) {
            faults.push(unmarked(&self.send));
        }
        if matches!(self.mode, Mode::LostUpdate(_)) && self.cleanup.is_some() {
            faults.push(
                Diagnostic::at(
                    asked.span.clone(),
                    "a change creates nothing that `cleanup` could remove",
                )
                .label("has a `cleanup` beside it")
                .help("Remove what a step of `before` creates with a `cleanup` of that step."),
            );
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// The fault of a removing request whose id nothing tells.
    fn without_ids(&self, cleanup: &RequestTemplate) -> Option<Diagnostic> {
        let told = matches!(self.watch.measure, Measure::Entries(_)) || self.watch.answer.is_some();
        (self.removes_by_id() && !told).then(|| {
            Diagnostic::at(cleanup.span.clone(), "nothing tells the ids of what was created")
                .label("uses `${id}`")
                .help("Say where the list that is read has its entries, with `records: $.items[*]` and `id: $.id`, or where an answer has the id, with `answer: $.id`.")
        })
    }

    /// Whether what was created is removed by its id.
    pub(super) fn removes_by_id(&self) -> bool {
        let templates = self.cleanup.iter().flat_map(RequestTemplate::templates);
        templates
            .into_iter()
            .any(|template| template.values().any(|name| name == ID))
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let mut templates: Vec<Template> = self.before.iter().flat_map(Step::templates).collect();
        templates.extend(self.send.templates());
        templates.extend(self.watch.templates());
        templates.extend(self.cleanup.iter().flat_map(RequestTemplate::templates));
        templates
    }

    /// How many requests are sent when nothing has to be repeated.
    pub(super) fn most_requests(&self) -> u32 {
        let length = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let removed = self.before.iter().filter(|step| step.cleanup.is_some());
        let steps = length(self.before.len()) + length(removed.count());
        // Read before and twice after; at the worst each request has created something.
        let removing = if self.cleanup.is_some() { 2 } else { 1 };
        let round = steps + 3 + self.times * removing;
        let control = steps + 3 + removing;
        round.saturating_mul(self.rounds).saturating_add(control)
    }
}

/// The one mode that is named.
fn one_mode<'r>(raw: &'r Raw, node: &Node) -> Result<(&'static str, &'r Node), Vec<Diagnostic>> {
    const HELP: &str = "`duplicate`: one record by its natural key; `idempotent`: one record by its idempotency key; `double-submit`: two requests, one record; `lost-update`: a number that counts every change; `limit`: no more than so many.";
    let modes = [
        ("duplicate", &raw.duplicate),
        ("idempotent", &raw.idempotent),
        ("double-submit", &raw.double_submit),
        ("lost-update", &raw.lost_update),
        ("limit", &raw.limit),
    ];
    let named = modes.into_iter();
    let mut named = named.filter_map(|(key, node)| Some((key, node.as_ref()?)));
    match (named.next(), named.next()) {
        (Some(mode), None) => Ok(mode),
        (Some((first, _)), Some((second, asked))) => Err(vec![
            Diagnostic::at(asked.span.clone(), format!("`{first}` and `{second}` are both asked"))
                .label("one race asks one question")
                .help("Make each a check of its own."),
        ]),
        (None, _) => Err(vec![
            Diagnostic::at(node.span.clone(), "it is not said what must hold")
                .label("needs one of `duplicate`, `idempotent`, `double-submit`, `lost-update` and `limit`")
                .help(HELP),
        ]),
    }
}

fn times(written: Option<&Located<u32>>, mode: &str) -> Result<u32, Vec<Diagnostic>> {
    let fault = |written: &Located<u32>, label: String| {
        vec![Diagnostic::at(written.span.clone(), "this is no number of requests").label(label)]
    };
    match (written, mode) {
        (None, "double-submit") => Ok(2),
        (None, _) => Ok(TIMES),
        (Some(times), "double-submit") if times.value != 2 => {
            Err(fault(times, "a double submit is two requests".into()))
        }
        (Some(times), _) if !(2..=MOST_TIMES).contains(&times.value) => Err(fault(
            times,
            format!("expected a number from 2 to {MOST_TIMES}"),
        )),
        (Some(times), _) => Ok(times.value),
    }
}

/// Sees to it that each round has an idempotency key of its own.
fn carry_key(send: &mut RequestTemplate, header: &str) -> Result<(), Vec<Diagnostic>> {
    let mut headers = send.headers.iter();
    let Some((_, key)) = headers.find(|(name, _)| name.eq_ignore_ascii_case(header)) else {
        if let Ok(key) = Template::parse("${uuid}") {
            send.headers.push((header.to_owned(), key));
        }
        return Ok(());
    };
    if key.values().any(|name| MARKS.contains(&name)) {
        return Ok(());
    }
    let span = key.span().unwrap_or(&send.span).clone();
    Err(vec![
        Diagnostic::at(span, "this key is the same in each round")
            .label("needs `${uuid}` or `${unique}`")
            .help("Leave the header out: the check sends a key of its own in each round."),
    ])
}

/// The first built-in value in what the request stores; a header is not stored.
fn mark(send: &RequestTemplate) -> Option<&'static str> {
    let stored = RequestTemplate {
        headers: Vec::new(),
        ..send.clone()
    };
    let templates = stored.templates();
    let mentions = |mark: &&str| {
        let mut names = templates.iter().flat_map(Template::values);
        names.any(|name| name == *mark)
    };
    MARKS.into_iter().find(mentions)
}

fn changes_nothing(send: &RequestTemplate) -> Diagnostic {
    Diagnostic::at(
        send.span.clone(),
        "this only reads, so that nothing can go wrong when it is sent at once",
    )
    .label("expected a POST, PUT, PATCH or DELETE")
}

fn unmarked(send: &RequestTemplate) -> Diagnostic {
    Diagnostic::at(send.span.clone(), "what this creates cannot be told from anything else")
        .label("needs `${unique}` in what it stores")
        .help("Put it where a list shows it, and into the natural key: `json: { title: \"${unique}\", external_id: \"${unique}\" }`.")
}
