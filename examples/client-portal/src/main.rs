//! Runs the client portal until it is interrupted.

#![forbid(unsafe_code)]

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tidegate_client_portal::{Break, Options, Passwords, Secret, StartError, start};

/// A small client portal, good unless told otherwise.
#[derive(Debug, Parser)]
#[command(name = "client-portal", version, about)]
struct Arguments {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Regression to run with; may be given several times.
    #[arg(long = "break", value_name = "SWITCH")]
    breaks: Vec<Break>,
    /// Show the regressions and what each changes.
    #[arg(long)]
    list_breaks: bool,
    /// Name of the environment, as /health shows it.
    #[arg(long, default_value = "local", value_name = "NAME")]
    environment: String,
    /// Revision of the code, as /health shows it.
    #[arg(long, default_value = "development", value_name = "REVISION")]
    revision: String,
    /// Origin whose pages may call the portal; may be given several times.
    #[arg(
        long = "allow-origin",
        value_name = "ORIGIN",
        default_value = Options::DEMO_ORIGIN
    )]
    allowed_origins: Vec<String>,
    /// Folder to keep the data in; without it they are temporary.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Where new records are reported to, as http://host:port/path; PORTAL_WEBHOOK_URL does the same.
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// Base URL of a model server (chat completions); without it a stub is started.
    #[arg(long, value_name = "URL")]
    model: Option<String>,
    /// Mark cookies Secure and send HSTS although it listens on loopback.
    #[arg(long)]
    secure: bool,
    /// Serve the frontend's source map to everybody.
    #[arg(long)]
    source_map: bool,
    /// Print nothing but the URL.
    #[arg(long)]
    print_url: bool,
    /// Write no log to standard error.
    #[arg(long)]
    quiet: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = if arguments.list_breaks {
        list_breaks()
    } else {
        run(arguments).await
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn list_breaks() -> Result<(), String> {
    let width = Break::ALL
        .iter()
        .map(|one| one.name().len())
        .max()
        .unwrap_or_default();
    let line = |one: &Break| format!("{:width$}  {}\n", one.name(), one.summary());
    print(&Break::ALL.iter().map(line).collect::<String>())
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let print_url = arguments.print_url;
    let portal = start(options(arguments))
        .await
        .map_err(|error| error.to_string())?;
    let url = portal.url();
    print(&if print_url {
        format!("{url}\n")
    } else {
        format!("listening on {url}\n")
    })?;
    interrupted()
        .await
        .map_err(|error| format!("cannot wait for Ctrl-C: {error}"))?;
    portal
        .stop()
        .await
        .map_err(|error: StartError| error.to_string())
}

fn options(arguments: Arguments) -> Options {
    let defaults = Options::default();
    let secret = std::env::var("PORTAL_WEBHOOK_SECRET").ok().map(Secret::new);
    Options {
        listen: arguments.listen,
        breaks: arguments.breaks.into_iter().collect(),
        environment: arguments.environment,
        revision: arguments.revision,
        allowed_origins: arguments.allowed_origins,
        data: arguments.data,
        passwords: passwords(),
        webhook_secret: secret.unwrap_or(defaults.webhook_secret),
        webhook_url: arguments
            .webhook_url
            .or_else(|| std::env::var("PORTAL_WEBHOOK_URL").ok()),
        model_url: arguments.model,
        secure: arguments.secure.then_some(true),
        serve_source_map: arguments.source_map,
        quiet: arguments.quiet,
    }
}

fn passwords() -> Passwords {
    let mut passwords = Passwords::default();
    for name in Passwords::PEOPLE {
        if let Ok(password) = std::env::var(format!("PORTAL_PASSWORD_{}", name.to_uppercase())) {
            passwords.set(name, Secret::new(password));
        }
    }
    passwords
}

/// Waits for Ctrl-C, or for the signal with which a service manager ends a program.
async fn interrupted() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupt = tokio::signal::ctrl_c() => interrupt,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

fn print(text: &str) -> Result<(), String> {
    let mut output = io::stdout().lock();
    let written = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
    written.map_err(|error| format!("cannot write to standard output: {error}"))
}
