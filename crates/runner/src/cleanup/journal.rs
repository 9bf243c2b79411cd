//! What a run is about to create, on disk before it is created, for the case that the run is lost.
//!
//! One file for each run, one JSON record a line, locked as long as the run lives. Secrets are
//! replaced before anything is written; a removing request that holds one is only named.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};
use tidegate_core::name::{ApiName, CheckId, IdentityName};
use tidegate_core::ports::http::{Body, Cause, Request, Target};
use tidegate_core::ports::{Leftover, Promise, Ticket};
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Location;

/// The folder of the journals inside the state's.
const FOLDER: &str = "journal";

/// Where a run creates things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Site {
    /// The mark in everything the run creates.
    pub(crate) run_mark: String,
    /// The environment's name.
    pub(crate) environment: String,
    /// Its address.
    pub(crate) url: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Record {
    Begun(Site),
    Promised { ticket: u64, what: Promised },
    Fulfilled { ticket: u64, request: StoredRequest },
    Ended { ticket: u64 },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Promised {
    check: CheckId,
    identity: Option<IdentityName>,
    marker: String,
    created_by: String,
    location: Location,
}

/// The journal of one run; its file is made with the first promise.
pub(crate) struct Journal {
    folder: PathBuf,
    site: Site,
    file: Option<(PathBuf, File)>,
    open: u64,
    fault: Option<String>,
}

impl Journal {
    /// A journal that has nothing in it yet.
    pub(super) fn new(state: &Path, site: Site) -> Self {
        Self {
            folder: state.to_owned(),
            site,
            file: None,
            open: 0,
            fault: None,
        }
    }

    pub(super) fn promised(
        &mut self,
        ticket: Ticket,
        promise: &Promise,
        redact: &dyn Fn(&str) -> String,
    ) {
        self.open += 1;
        let mut location = promise.location.clone();
        location.text = location.text.as_deref().map(redact);
        self.write(&Record::Promised {
            ticket: ticket.0,
            what: Promised {
                check: promise.check.clone(),
                identity: promise.identity.clone(),
                marker: redact(&promise.marker),
                created_by: redact(&promise.created_by),
                location,
            },
        });
    }

    pub(super) fn fulfilled(&mut self, ticket: Ticket, request: &StoredRequest) {
        self.write(&Record::Fulfilled {
            ticket: ticket.0,
            request: request.clone(),
        });
    }

    pub(super) fn ended(&mut self, ticket: Ticket) {
        self.open = self.open.saturating_sub(1);
        self.write(&Record::Ended { ticket: ticket.0 });
    }

    /// Removes the file when nothing is open, and says why nothing could be written, if so.
    pub(super) fn close(&mut self) -> Option<String> {
        if let Some((path, file)) = self.file.take()
            && self.open == 0
        {
            drop(file);
            // An empty journal that stays is removed by the next `clean`.
            let _ = std::fs::remove_file(path);
        }
        self.fault.take()
    }

    fn write(&mut self, record: &Record) {
        if self.fault.is_none()
            && let Err(error) = self.try_write(record)
        {
            self.fault = Some(error.to_string());
        }
    }

    fn try_write(&mut self, record: &Record) -> io::Result<()> {
        let file = match &mut self.file {
            Some((_, file)) => file,
            none => {
                crate::state::make_folder(&self.folder)?;
                let (path, mut file) = create(&self.folder.join(FOLDER), &self.site.run_mark)?;
                append(&mut file, &Record::Begun(self.site.clone()))?;
                &mut none.insert((path, file)).1
            }
        };
        append(file, record)
    }
}

fn append(file: &mut File, record: &Record) -> io::Result<()> {
    let mut line = serde_json::to_vec(record)?;
    line.push(b'\n');
    file.write_all(&line)
}

/// Makes and locks a file that no other run has, whatever their seeds.
fn create(folder: &Path, run_mark: &str) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    std::fs::create_dir_all(folder)?;
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{run_mark}-{}-{number}.jsonl", std::process::id());
        let path = folder.join(name);
        match File::create_new(&path) {
            Ok(file) => {
                file.lock()?;
                return Ok((path, file));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// A removing request as it may be written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredRequest {
    method: String,
    api: Option<ApiName>,
    address: String,
    route: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: StoredBody,
    location: Location,
    /// Whether nothing had to be left out.
    whole: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredBody {
    Empty,
    Json(String),
    Form(Vec<(String, String)>),
    Text(String),
}

impl StoredRequest {
    /// Writes a request down without its secrets.
    pub(crate) fn of(request: &Request, redact: &dyn Fn(&str) -> String) -> Self {
        let mut whole = true;
        let mut harmless = |text: &str| {
            let shown = redact(text);
            whole &= shown == text;
            shown
        };
        let (api, address) = match &request.target {
            Target::Path { api, path } => (api.clone(), harmless(path.expose())),
            Target::Url(url) | Target::Granted { url, .. } => (None, harmless(url.expose())),
            Target::Provider(url) => (None, harmless(url)),
        };
        let mut pairs = |pairs: &[(String, Sensitive)]| -> Vec<(String, String)> {
            pairs
                .iter()
                .map(|(name, value)| (name.clone(), harmless(value.expose())))
                .collect()
        };
        let query = pairs(&request.query);
        let headers = pairs(&request.headers);
        let body = match &request.body {
            Body::Form(fields) => Some(StoredBody::Form(pairs(fields))),
            Body::Empty => Some(StoredBody::Empty),
            Body::Json(json) => Some(StoredBody::Json(harmless(json.expose()))),
            Body::Text(text) => Some(StoredBody::Text(harmless(text.expose()))),
            Body::Multipart(_) | Body::Bytes(_) => None,
        };
        let mut location = request.cause.location.clone();
        location.text = location.text.as_deref().map(redact);
        Self {
            method: request.method.clone(),
            api,
            address,
            route: request.route.clone(),
            query,
            headers,
            whole: whole && body.is_some(),
            body: body.unwrap_or(StoredBody::Empty),
            location,
        }
    }

    /// The request as a person names it: `DELETE /api/records/17`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.address)
    }

    /// The request to send, unless something had to be left out.
    pub(crate) fn request(&self, check: &CheckId) -> Option<Request> {
        if !self.whole {
            return None;
        }
        let sensitive = |pairs: &[(String, String)]| -> Vec<(String, Sensitive)> {
            pairs
                .iter()
                .map(|(name, value)| (name.clone(), Sensitive::from(value.as_str())))
                .collect()
        };
        let address = Sensitive::from(self.address.as_str());
        let target = if self.address.starts_with('/') {
            Target::Path {
                api: self.api.clone(),
                path: address,
            }
        } else {
            Target::Url(address)
        };
        let cause = Cause {
            check: check.clone(),
            location: self.location.clone(),
        };
        let mut request = Request::new(&self.method, target, &self.route, cause);
        request.query = sensitive(&self.query);
        request.headers = sensitive(&self.headers);
        request.body = match &self.body {
            StoredBody::Empty => Body::Empty,
            StoredBody::Json(json) => Body::Json(json.as_str().into()),
            StoredBody::Form(fields) => Body::Form(sensitive(fields)),
            StoredBody::Text(text) => Body::Text(text.as_str().into()),
        };
        Some(request)
    }
}

/// The journal of a run that is over.
pub(crate) struct Lost {
    path: PathBuf,
    file: File,
    /// Where the run created things; absent when not even that was written whole.
    pub(crate) site: Option<Site>,
    /// What it created and did not remove, oldest first.
    pub(crate) pending: Vec<Pending>,
}

/// Something a lost run created.
pub(crate) struct Pending {
    ticket: u64,
    promised: Promised,
    /// How it is removed, where that is known.
    pub(crate) remove_with: Option<StoredRequest>,
}

impl Pending {
    /// The check that created it.
    pub(crate) fn check(&self) -> &CheckId {
        &self.promised.check
    }

    /// Who created it.
    pub(crate) fn identity(&self) -> Option<IdentityName> {
        self.promised.identity.clone()
    }

    /// The entry as something that stays behind.
    pub(crate) fn leftover(&self, reason: impl Into<String>) -> Leftover {
        Leftover {
            check: self.promised.check.clone(),
            identity: self.promised.identity.clone(),
            marker: self.promised.marker.clone(),
            created_by: self.promised.created_by.clone(),
            remove_with: self.remove_with.as_ref().map(StoredRequest::name),
            reason: reason.into(),
            location: self.promised.location.clone(),
        }
    }
}

impl Lost {
    fn open(path: PathBuf) -> io::Result<Option<Self>> {
        let file = File::options().read(true).append(true).open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut content = Vec::new();
        (&file).read_to_end(&mut content)?;
        if content.is_empty() {
            // Its run is about to lock it.
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&content);
        let mut site = None;
        let mut pending = BTreeMap::new();
        // A line that the run did not finish is not a record; nothing was created after it.
        for record in text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
        {
            replay(record, &mut site, &mut pending);
        }
        Ok(Some(Self {
            path,
            file,
            site,
            pending: pending.into_values().collect(),
        }))
    }

    /// Notes that an entry is gone.
    pub(crate) fn removed(&mut self, pending: &Pending) -> io::Result<()> {
        let ticket = pending.ticket;
        append(&mut self.file, &Record::Ended { ticket })
    }

    /// Deletes the file, once all of its entries are gone.
    pub(crate) fn delete(self) -> io::Result<()> {
        drop(self.file);
        std::fs::remove_file(self.path)
    }
}

fn replay(record: Record, site: &mut Option<Site>, pending: &mut BTreeMap<u64, Pending>) {
    match record {
        Record::Begun(begun) => *site = Some(begun),
        Record::Promised { ticket, what } => {
            let entry = Pending {
                ticket,
                promised: what,
                remove_with: None,
            };
            pending.insert(ticket, entry);
        }
        Record::Fulfilled { ticket, request } => {
            if let Some(entry) = pending.get_mut(&ticket) {
                entry.remove_with = Some(request);
            }
        }
        Record::Ended { ticket } => {
            pending.remove(&ticket);
        }
    }
}

/// The journals of runs that are over, and how many runs still go on.
///
/// # Errors
/// When the folder or a journal cannot be read.
pub(crate) fn lost_journals(state: &Path) -> io::Result<(Vec<Lost>, usize)> {
    let folder = state.join(FOLDER);
    if !folder.is_dir() {
        return Ok((Vec::new(), 0));
    }
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "jsonl")
    });
    paths.sort_unstable();
    let mut lost = Vec::new();
    let mut going = 0;
    for path in paths {
        match Lost::open(path)? {
            Some(journal) => lost.push(journal),
            None => going += 1,
        }
    }
    Ok((lost, going))
}
