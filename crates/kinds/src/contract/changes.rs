//! What the change does to those who rely on the interface: the document as it was against as it is.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::baseline::day;
use tidegate_core::check::{CheckError, Context};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::finding::Finding;
use tidegate_core::located::Located;
use tidegate_core::meta::Port;
use tidegate_core::node::{Node, Value};
use tidegate_core::ports::http::{HttpError, Purpose, Request, Sharing, Target};
use tidegate_core::ports::{Files, PortError, Repository, RepositoryError, Variables};
use tidegate_core::span::Location;

use super::origin::Origin;
use crate::base::{self, Base, folder_in, joined};
use crate::blocking;
use crate::documents::{self, unusable};
use crate::specification::Direction;
use crate::specification::diff::documents::{Document, Terms, compare};
use crate::specification::document::SIZE_LIMIT;

/// How many redirects to a served document are followed.
const REDIRECTS: u8 = 3;

/// The keys of `changes:` as they are written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    base: Option<Located<String>>,
    head: Option<Located<String>>,
}

/// Which documents are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Changes {
    /// The old one; what the head was where the judged change starts, when nothing is said.
    base: Option<Origin>,
    /// The new one.
    head: Origin,
}

impl Changes {
    /// Reads the value under `changes:`; nothing when it says `off`, or nothing and there is no document.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub(super) fn read(
        node: Option<&Node>,
        openapi: Option<&Located<String>>,
    ) -> Result<Option<Self>, Vec<Diagnostic>> {
        let usual = || openapi.map(|path| Origin::File(path.value.clone()));
        let Some(node) = node else {
            return Ok(usual().map(|head| Self { base: None, head }));
        };
        // YAML 1.1 reads `off` as false.
        match &node.value {
            Value::Bool(false) => return Ok(None),
            Value::String(text) if text == "off" => return Ok(None),
            _ => {}
        }
        let written: Written = node.read()?;
        let origin = |text: &Option<Located<String>>| text.as_ref().map(Origin::read).transpose();
        let (base, head) = match (origin(&written.base), origin(&written.head)) {
            (Ok(base), Ok(head)) => (base, head),
            (base, head) => return Err([base.err(), head.err()].into_iter().flatten().collect()),
        };
        let Some(head) = head.or_else(usual) else {
            return Err(vec![
                Diagnostic::at(node.span.clone(), "there is no document to compare").help(
                    "Name one under `openapi:` at the top of the gate file, or with `head:` here.",
                ),
            ]);
        };
        if base.is_none() && head.is_served() {
            return Err(vec![
                Diagnostic::at(
                    node.span.clone(),
                    "it is not said what the served document is compared with",
                )
                .help(
                    "Name the old document with `base:`, such as `git:origin/main:openapi.yaml`.",
                ),
            ]);
        }
        Ok(Some(Self { base, head }))
    }

    /// How many requests it sends.
    pub(super) fn requests(&self) -> u32 {
        let served = [self.base.as_ref(), Some(&self.head)];
        let served = served
            .into_iter()
            .flatten()
            .filter(|origin| origin.is_served());
        u32::try_from(served.count()).unwrap_or(u32::MAX)
    }

    /// Compares the documents.
    ///
    /// # Errors
    /// When one of them cannot be read, or the repository cannot say what it was.
    pub(super) async fn run(&self, context: &Context) -> Result<Compared, CheckError> {
        let base = match &self.base {
            Some(origin) => fetched(context, origin).await?,
            None => None,
        };
        let head = fetched(context, &self.head).await?;
        let work = Work {
            changes: self.clone(),
            base,
            head,
            repository: repository(context, self)?,
            root: context.root().to_owned(),
            files: context.files()?.clone(),
            variables: context.variables()?.clone(),
            named: context.base().map(str::to_owned),
            place: context.span().location(),
            today: day(context.clock().wall()),
        };
        blocking::run(&**context.tasks(), move |_| work.compare()).await
    }
}

/// What stands under `changes:`, as a JSON Schema.
pub(super) fn schema() -> Json {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "description": "Breaking changes of the interface: the document as it was against as it is; on when the gate has a document.",
        "anyOf": [
            { "enum": ["off", false] },
            {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "base": text("The old document: a path, `git:REVISION:PATH`, a path that is served, or a URL of a declared origin; the new one where the change starts when nothing is said."),
                    "head": text("The new document, named in the same ways; that under `openapi:` when nothing is said."),
                },
            },
        ],
    })
}

/// What the comparison gives.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// What changed.
    pub(super) findings: Vec<Finding>,
    /// How many parts of the interface were compared.
    pub(super) evaluated: u32,
    /// What was compared, or why nothing was.
    pub(super) notes: Vec<String>,
}

/// The document that is served, when it is one.
async fn fetched(context: &Context, origin: &Origin) -> Result<Option<Vec<u8>>, CheckError> {
    let target = match origin {
        Origin::Served(path) => Target::Path {
            api: None,
            path: path.as_str().into(),
        },
        Origin::Url(url) => Target::Url(url.as_str().into()),
        Origin::File(_) | Origin::Revision { .. } => return Ok(None),
    };
    let http = context.http()?;
    let identity = context.identity();
    let session = identity.map(|identity| http.open_session(Some(identity), Sharing::Shared));
    let name = origin.name();
    let request = Request {
        session,
        redirects: REDIRECTS,
        body_cap: SIZE_LIMIT,
        purpose: Purpose::Survey,
        ..Request::new("GET", target, &name, context.cause(context.span()))
    };
    let response = http
        .send(request)
        .await
        .map_err(|error: HttpError| CheckError::from(error))?;
    if response.status != 200 {
        return Err(CheckError::new(
            format!("{name} answered {} in place of a document", response.status),
            "Check the path, and sign in with `as:` if it is not served to everybody.",
        ));
    }
    if response.truncated {
        return Err(CheckError::new(
            format!("{name} is larger than {} MiB", SIZE_LIMIT / 1024 / 1024),
            "Split the document into files, and name one of the repository.",
        ));
    }
    Ok(Some(response.body.to_vec()))
}

/// The repository, when there is one; without one only named files and served documents are compared.
fn repository(
    context: &Context,
    changes: &Changes,
) -> Result<Option<Arc<dyn Repository>>, CheckError> {
    let revision = |origin: &Origin| matches!(origin, Origin::Revision { .. });
    let needed = revision(&changes.head) || changes.base.as_ref().is_some_and(revision);
    match context.repository() {
        Ok(repository) => Ok(Some(repository.clone())),
        Err(PortError::Absent(Port::Repository)) if !needed => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Everything that comparing needs, on a thread of its own.
struct Work {
    changes: Changes,
    base: Option<Vec<u8>>,
    head: Option<Vec<u8>>,
    repository: Option<Arc<dyn Repository>>,
    root: PathBuf,
    files: Arc<dyn Files>,
    variables: Arc<dyn Variables>,
    named: Option<String>,
    place: Location,
    today: Date,
}

/// The old document and how people name it, or why there is none.
enum Old {
    Document(Document, String),
    Nothing(String),
}

impl Work {
    fn compare(mut self) -> Result<Compared, CheckError> {
        let (base, head) = (self.base.take(), self.head.take());
        let new = self.open(&self.changes.head, head)?;
        let old = match &self.changes.base {
            Some(origin) => Old::Document(self.open(origin, base)?, origin.name()),
            None => self.before()?,
        };
        let (old, name) = match old {
            Old::Document(old, name) => (old, name),
            Old::Nothing(why) => {
                return Ok(Compared {
                    notes: vec![why],
                    ..Compared::default()
                });
            }
        };
        let terms = Terms {
            today: self.today,
            directions: &[Direction::Response],
        };
        let groups = compare(&old, &new, &terms).map_err(unusable)?;
        let mut notes = vec![format!(
            "{} was compared with {name}, {}",
            self.changes.head.name(),
            old.extent()
        )];
        for (name, faults) in [
            (&name, old.faults()),
            (&self.changes.head.name(), new.faults()),
        ] {
            if faults > 0 {
                notes.push(format!(
                    "{faults} parts of {name} make no sense and were left out"
                ));
            }
        }
        let findings = groups.iter().map(|group| group.finding(&name, &self.place));
        Ok(Compared {
            findings: findings.collect(),
            evaluated: u32::try_from(old.parts()).unwrap_or(u32::MAX).max(1),
            notes,
        })
    }

    /// The document at a place that the gate file names.
    fn open(&self, origin: &Origin, fetched: Option<Vec<u8>>) -> Result<Document, CheckError> {
        let read = match origin {
            Origin::File(path) => Document::of(documents::open(path, &*self.files)?),
            Origin::Revision { revision, path } => {
                return self.at(revision, path)?.ok_or_else(|| {
                    CheckError::new(
                        format!("there is no {path} at `{revision}`"),
                        "The path is relative to the folder of the gate file, as everywhere in it.",
                    )
                });
            }
            Origin::Served(_) | Origin::Url(_) => {
                // One document is asked for: what it refers to elsewhere would be further requests.
                let alone = |_: &str| Err("a served document must stand alone".to_owned());
                Document::new(&origin.name(), fetched.unwrap_or_default(), &alone)
            }
        };
        read.map_err(unusable)
    }

    /// The document at a revision, with what it refers to at the same one; nothing when it was not there.
    fn at(&self, revision: &str, path: &str) -> Result<Option<Document>, CheckError> {
        let Some(repository) = &self.repository else {
            return Err(PortError::Absent(Port::Repository).into());
        };
        let Some(folder) = folder_in(repository.root(), &self.root) else {
            return Ok(None);
        };
        let whole = |path: &str| joined(&folder, path);
        let read = |path: &str| repository.read_at(revision, path, SIZE_LIMIT);
        let Some(bytes) = whole(path).map(|path| read(&path)).transpose()?.flatten() else {
            return Ok(None);
        };
        let fetch = |path: &str| {
            let missing = || "there was no such file".to_owned();
            let path = whole(path).ok_or_else(missing)?;
            read(&path)
                .map_err(|error| error.to_string())?
                .ok_or_else(missing)
        };
        Document::new(path, bytes, &fetch)
            .map(Some)
            .map_err(unusable)
    }

    /// The document where the judged change starts.
    fn before(&self) -> Result<Old, CheckError> {
        let (Origin::File(path) | Origin::Revision { path, .. }) = &self.changes.head else {
            return Ok(Old::Nothing(
                "there is nothing to compare the document with".to_owned(),
            ));
        };
        let Some(repository) = &self.repository else {
            let why = "this is no git repository, so there is no older document to compare with";
            return Ok(Old::Nothing(why.to_owned()));
        };
        let head = match &self.changes.head {
            Origin::Revision { revision, .. } => revision,
            _ => "HEAD",
        };
        let (revision, name) = match self.start(&**repository, head)? {
            Ok(found) => found,
            Err(why) => return Ok(Old::Nothing(why)),
        };
        match self.at(&revision, path)? {
            Some(document) => Ok(Old::Document(document, format!("{name}:{path}"))),
            None => Ok(Old::Nothing(format!(
                "{path} is new: it was not there at `{name}`"
            ))),
        }
    }

    /// The commit where the judged change starts and how people name it, or why there is none.
    fn start(
        &self,
        repository: &dyn Repository,
        head: &str,
    ) -> Result<Result<(String, String), String>, RepositoryError> {
        let missing =
            |why: String| format!("no older document was compared: {why}; {}", base::FETCH);
        Ok(
            match base::find(repository, &*self.variables, self.named.as_deref())? {
                Base::Revision(revision) => match repository.merge_base(&revision, head) {
                    Ok(commit) => Ok((commit, revision)),
                    Err(error @ RepositoryError::Shallow { .. }) => Err(missing(error.to_string())),
                    Err(error) => return Err(error),
                },
                Base::LastCommit => Ok(("HEAD".to_owned(), "HEAD".to_owned())),
                Base::Nothing(why) => Err(format!("no older document was compared: {why}")),
                Base::Missing(why) => Err(missing(why)),
            },
        )
    }
}
