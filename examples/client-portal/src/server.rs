//! Starting and stopping a portal.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use crate::app::{App, AppState};
use crate::auth::{Throttle, WebTokens, hash_password};
use crate::frontend::Frontend;
use crate::log::Log;
use crate::options::Options;
use crate::records::{Extras, SharedCache};
use crate::report::Reporter;
use crate::slowness::Slowness;
use crate::store::{Durability, Store, StoreError};
use crate::summary::{HttpModel, stub_router};
use crate::{cors, routes};

/// How long requests in flight may take to end when the portal stops.
const GRACE: Duration = Duration::from_secs(3);

const DATABASE_FILE: &str = "portal.sqlite";

/// Says why a portal did not start, or did not stop in order.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another port, or port 0 for a free one")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The data folder cannot be made or written.
    #[error("cannot write to the data folder {}: {source}; choose a folder you may write to", .folder.display())]
    Folder {
        /// The folder that was asked for.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The database cannot be opened or filled.
    #[error("cannot use the database in {}: {reason}; move it away to begin afresh", .folder.display())]
    Database {
        /// The folder of the database.
        folder: PathBuf,
        /// What the database said.
        reason: String,
    },
    /// An allowed origin is no origin.
    #[error("`{0}` is not an origin; write it as https://host or https://host:port, in lower case")]
    Origin(String),
    /// The address that events are reported to is none.
    #[error(
        "`{0}` is not an address to report to; write it as http://host:port/path, https is not spoken"
    )]
    WebhookUrl(String),
    /// The portal's own thread or runtime failed.
    #[error("the portal's thread failed: {0}; this is a defect of the portal")]
    Thread(String),
}

/// A portal that listens; it stops when it is told to or dropped.
#[derive(Debug)]
pub struct RunningPortal {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl RunningPortal {
    /// The address it listens on, with the port that was really taken.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL, without a slash at the end.
    ///
    /// A portal that listens on all addresses is named by its loopback one.
    #[must_use]
    pub fn url(&self) -> String {
        let host = match self.address.ip() {
            ip if !ip.is_unspecified() => ip,
            _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        format!("http://{}", SocketAddr::new(host, self.address.port()))
    }

    /// Lets requests in flight end, then stops.
    ///
    /// # Errors
    /// [`StartError::Thread`] when the portal's thread had failed.
    pub async fn stop(self) -> Result<(), StartError> {
        let stopped = tokio::task::spawn_blocking(move || self.stop_blocking());
        stopped
            .await
            .map_err(|error| StartError::Thread(error.to_string()))?
    }

    /// Does what [`Self::stop`] does, for callers without a runtime.
    ///
    /// # Errors
    /// [`StartError::Thread`] when the portal's thread had failed.
    pub fn stop_blocking(mut self) -> Result<(), StartError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), StartError> {
        self.stop.send_replace(true);
        let Some(thread) = self.thread.take() else {
            return Ok(());
        };
        thread
            .join()
            .map_err(|_| StartError::Thread("it panicked".to_owned()))
    }
}

impl Drop for RunningPortal {
    fn drop(&mut self) {
        // Waits, so that the temporary data are gone afterwards; there is nobody to tell a failure.
        let _ = self.end();
    }
}

/// Starts a portal on a thread and a runtime of its own.
///
/// # Errors
/// [`StartError`] when the address, the folder, the database or an origin cannot be used.
pub async fn start(options: Options) -> Result<RunningPortal, StartError> {
    let (portal, ready) = launch(options)?;
    let ready = ready.await;
    portal.listening(ready)
}

/// Does what [`start`] does, for callers without a runtime.
///
/// # Errors
/// [`StartError`] when the address, the folder, the database or an origin cannot be used.
pub fn start_blocking(options: Options) -> Result<RunningPortal, StartError> {
    let (portal, ready) = launch(options)?;
    let ready = ready.blocking_recv();
    portal.listening(ready)
}

type Ready = Result<SocketAddr, StartError>;

impl RunningPortal {
    fn listening(
        mut self,
        ready: Result<Ready, oneshot::error::RecvError>,
    ) -> Result<Self, StartError> {
        let ready = ready.map_err(|_| StartError::Thread("it ended early".to_owned()))?;
        self.address = ready?;
        Ok(self)
    }
}

fn launch(options: Options) -> Result<(RunningPortal, oneshot::Receiver<Ready>), StartError> {
    let (stop, stopped) = watch::channel(false);
    let (ready, is_ready) = oneshot::channel();
    let address = options.listen;
    let thread = std::thread::Builder::new().name("client-portal".to_owned());
    let thread = thread.spawn(move || run(options, ready, stopped));
    let thread = thread.map_err(|error| StartError::Thread(error.to_string()))?;
    Ok((
        RunningPortal {
            address,
            stop,
            thread: Some(thread),
        },
        is_ready,
    ))
}

fn run(options: Options, ready: oneshot::Sender<Ready>, stopped: watch::Receiver<bool>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            // The starter may be gone already; then nobody wants to know.
            let _ = ready.send(Err(StartError::Thread(error.to_string())));
            return;
        }
    };
    runtime.block_on(async {
        match Prepared::new(options).await {
            Ok(prepared) => {
                let _ = ready.send(Ok(prepared.address));
                prepared.serve(stopped).await;
            }
            Err(error) => drop(ready.send(Err(error))),
        }
    });
    runtime.shutdown_timeout(GRACE);
}

/// A portal with everything opened, not yet serving.
struct Prepared {
    address: SocketAddr,
    listener: TcpListener,
    router: Router,
    stub: Option<TcpListener>,
    log: Log,
    /// Removed with everything in it when the portal ends.
    _temporary: Option<TempDir>,
}

impl Prepared {
    async fn new(options: Options) -> Result<Self, StartError> {
        if let Some(text) = options
            .allowed_origins
            .iter()
            .find(|text| !cors::is_origin(text))
        {
            return Err(StartError::Origin(text.clone()));
        }
        let listener = bind(options.listen).await?;
        let address = listener
            .local_addr()
            .map_err(listen_error(options.listen))?;
        let (store, temporary) = open_store(&options)?;
        let (model_url, stub) = model_server(&options).await?;
        let log = Log::new(options.quiet);
        let state = state(options, store, &model_url, log)?;
        let router = routes::router(App::from(state));
        Ok(Self {
            address,
            listener,
            router,
            stub,
            log,
            _temporary: temporary,
        })
    }

    async fn serve(self, stopped: watch::Receiver<bool>) {
        if let Some(stub) = self.stub {
            // Ends with the runtime.
            tokio::spawn(axum::serve(stub, stub_router()).into_future());
        }
        let server = axum::serve(self.listener, self.router);
        let server = server.with_graceful_shutdown(told_to_stop(stopped.clone()));
        let out_of_patience = async {
            told_to_stop(stopped).await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            _ = server.into_future() => {}
            () = out_of_patience => {}
        }
        self.log.write("info", "stopped", json!({}));
    }
}

async fn told_to_stop(mut stopped: watch::Receiver<bool>) {
    // An error means that the owner is gone, which is a reason to stop too.
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(listen_error(address))
}

fn listen_error(address: SocketAddr) -> impl FnOnce(io::Error) -> StartError {
    move |source| StartError::Listen { address, source }
}

fn open_store(options: &Options) -> Result<(Store, Option<TempDir>), StartError> {
    let Some(folder) = &options.data else {
        let folder = std::env::temp_dir();
        let temporary = tempfile::Builder::new()
            .prefix("client-portal-")
            .tempdir_in(&folder);
        let temporary = temporary.map_err(|source| StartError::Folder { folder, source })?;
        let store = open_in(temporary.path(), Durability::Temporary, options)?;
        return Ok((store, Some(temporary)));
    };
    let error = |source| StartError::Folder {
        folder: folder.clone(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(error)?;
    // SQLite's own message would not say whether the file or the folder is the trouble.
    tempfile::tempfile_in(folder).map_err(error)?;
    Ok((open_in(folder, Durability::Kept, options)?, None))
}

fn open_in(folder: &Path, durability: Durability, options: &Options) -> Result<Store, StartError> {
    let file = folder.join(DATABASE_FILE);
    let store = Store::open(&file, durability, &options.breaks, &options.passwords);
    store.map_err(|error: StoreError| StartError::Database {
        folder: folder.to_owned(),
        reason: error.to_string(),
    })
}

/// The model server's URL, and the stub's listener when the stub is the model server.
async fn model_server(options: &Options) -> Result<(String, Option<TcpListener>), StartError> {
    if let Some(url) = &options.model_url {
        return Ok((url.clone(), None));
    }
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = bind(any_port).await?;
    let address = listener.local_addr().map_err(listen_error(any_port))?;
    Ok((format!("http://{address}"), Some(listener)))
}

fn state(
    options: Options,
    store: Store,
    model_url: &str,
    log: Log,
) -> Result<AppState, StartError> {
    let decoy_hash = hash_password("nobody has this password");
    let secure = options.is_secure();
    let web_tokens = WebTokens::of(&options.breaks);
    let reporter = options
        .webhook_url
        .map(|address| Reporter::new(&address).ok_or(StartError::WebhookUrl(address)));
    Ok(AppState {
        store,
        log,
        secure,
        throttle: Throttle::default(),
        decoy_hash: decoy_hash.map_err(|error| StartError::Thread(error.to_string()))?,
        model: Box::new(HttpModel::new(model_url)),
        frontend: Frontend::new(options.serve_source_map, &options.breaks),
        web_tokens: web_tokens.map_err(|error| StartError::Thread(error.message))?,
        extras: Extras::default(),
        shared_cache: SharedCache::default(),
        slowness: Slowness::default(),
        breaks: options.breaks,
        webhook_secret: options.webhook_secret,
        reporter: reporter.transpose()?,
        environment: options.environment,
        revision: options.revision,
        allowed_origins: options.allowed_origins,
        live_requests: AtomicU64::new(0),
        // The next call is then a second one: a list that fails once must fail on the first call.
        list_calls: AtomicU64::new(1),
    })
}
