//! The imports of a check in a test: a world for each thread.

use std::cell::RefCell;

use super::grants::Grants;
use super::target::{Told, URL, Whom};
use super::{Sent, Target, glob};
use crate::bindings::tidegate::check::http::{Place, Request, Response};
use crate::{Capability, Exchange, FilesError, HttpError, Level};

/// The bytes of a body that are kept unless the request says otherwise, and the most that it can say.
const BODY: (u32, u32) = (1024 * 1024, 8 * 1024 * 1024);

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// A target, what the check may do, and what it did.
#[derive(Debug)]
pub(super) struct World {
    target: Target,
    grants: Grants,
    pub(super) requests: Vec<Sent>,
    pub(super) log: Vec<(Level, String)>,
}

impl World {
    pub(super) fn new(target: Target, asked: &[Capability]) -> Self {
        let grants = Grants::new(asked, &target.withheld);
        Self {
            target,
            grants,
            requests: Vec::new(),
            log: Vec::new(),
        }
    }

    fn send(&mut self, request: &Request) -> Result<Response, HttpError> {
        let sent = sent(request);
        self.requests.push(sent.clone());
        self.grants.request(request, &self.target.context)?;
        let own = self.target.context.identity.clone();
        let whom = match request.identity.clone().or(own) {
            Some(name) if !name.is_empty() => Whom::Identity(name),
            _ => Whom::Nobody,
        };
        let answer = self.next_answer(&sent, &whom)?;
        let limit = request.body_limit.unwrap_or(BODY.0).min(BODY.1);
        let url = match &request.place {
            Place::Target(path) => format!("{URL}{path}"),
            Place::Api((name, path)) => format!("https://{name}.test{path}"),
            Place::Url(url) => url.clone(),
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        answer.map(|answer| answer.response(url, limit))
    }

    /// The answer that is next; it is dropped when another to the same request comes after it.
    fn next_answer(
        &mut self,
        sent: &Sent,
        whom: &Whom,
    ) -> Result<Result<super::Answer, HttpError>, HttpError> {
        let bare = sent.place.split('?').next().unwrap_or_default();
        let mut found = None;
        'search: for place in [&sent.place, bare] {
            for wanted in [whom, &Whom::Anyone] {
                let fits = |told: &Told| {
                    told.method == sent.method && told.place == place && told.whom == *wanted
                };
                let mut all = self.target.told.iter().enumerate();
                let first = all.by_ref().find(|(_, told)| fits(told));
                if let Some((at, told)) = first {
                    found = Some((at, told.answer.clone(), all.any(|(_, told)| fits(told))));
                    break 'search;
                }
            }
        }
        let Some((at, answer, followed)) = found else {
            return Err(HttpError::Broken(self.nothing_for(sent, whom)));
        };
        if followed {
            self.target.told.remove(at);
        }
        Ok(answer)
    }

    fn nothing_for(&self, sent: &Sent, whom: &Whom) -> String {
        let known: Vec<String> = self
            .target
            .told
            .iter()
            .map(|told| format!("{} {} as {:?}", told.method, told.place, told.whom))
            .collect();
        format!(
            "the target of the test was not told what to answer to {} {} as {whom:?}; it was told: {}",
            sent.method,
            sent.place,
            known.join(", ")
        )
    }
}

fn sent(request: &Request) -> Sent {
    Sent {
        method: request.method.clone(),
        place: match &request.place {
            Place::Target(path) => path.clone(),
            Place::Api((name, path)) => format!("{name}:{path}"),
            Place::Url(url) => url.clone(),
        },
        route: request.route.clone(),
        identity: request.identity.clone(),
        headers: request
            .headers
            .iter()
            .map(|header| (header.name.clone(), header.value.clone()))
            .collect(),
        body: request.body.clone().unwrap_or_default(),
    }
}

/// Runs something in a world, and gives the world back.
pub(super) fn within<T>(world: World, run: impl FnOnce() -> T) -> (T, World) {
    let empty = World::new(Target::new(), &[]);
    let before = WORLD.with(|current| current.replace(Some(world)));
    let result = run();
    let after = WORLD.with(|current| current.replace(before));
    (result, after.unwrap_or(empty))
}

fn with_world<T>(otherwise: impl FnOnce() -> T, act: impl FnOnce(&mut World) -> T) -> T {
    WORLD.with(|current| match current.borrow_mut().as_mut() {
        Some(world) => act(world),
        None => otherwise(),
    })
}

/// What there is outside of a run.
fn nothing() -> String {
    "there is nothing around the check: run it with `testing::run`".to_owned()
}

pub(crate) fn send(request: &Request) -> Result<Response, HttpError> {
    with_world(
        || Err(HttpError::Denied(nothing())),
        |world| world.send(request),
    )
}

pub(crate) fn page(after: u64, limit: u32) -> Result<(Vec<Exchange>, Option<u64>), String> {
    with_world(
        || Err(nothing()),
        |world| {
            if !world.grants.recorded() {
                return Err("the check lacks recorded".to_owned());
            }
            let all = &world.target.recorded;
            let from = usize::try_from(after).map_or(all.len(), |from| from.min(all.len()));
            let count = usize::try_from(limit).unwrap_or(usize::MAX);
            let to = from.saturating_add(count).min(all.len());
            let next = (to < all.len()).then_some(to as u64);
            Ok((all[from..to].to_vec(), next))
        },
    )
}

pub(crate) fn find(pattern: &str) -> Result<Vec<String>, FilesError> {
    with_world(
        || Err(FilesError::Denied(nothing())),
        |world| {
            let paths = world.target.files.keys();
            let granted = paths.filter(|path| world.grants.file(path));
            let found = granted.filter(|path| glob::matches(pattern, path));
            Ok(found.cloned().collect())
        },
    )
}

pub(crate) fn read(path: &str, limit: u32) -> Result<Vec<u8>, FilesError> {
    with_world(
        || Err(FilesError::Denied(nothing())),
        |world| {
            if !world.grants.file(path) {
                let text = format!("no glob that the check asks for matches {path}");
                return Err(FilesError::Denied(text));
            }
            let missing = || FilesError::Missing(path.to_owned());
            let content = world.target.files.get(path).ok_or_else(missing)?;
            if content.len() as u64 > u64::from(limit) {
                return Err(FilesError::TooLarge(content.len() as u64));
            }
            Ok(content.clone())
        },
    )
}

pub(crate) fn write(level: Level, message: &str) {
    with_world(|| (), |world| world.log.push((level, message.to_owned())));
}
