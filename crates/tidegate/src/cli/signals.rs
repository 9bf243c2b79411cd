//! Ctrl-C: the first asks for a clean end, the second for an end at once.

use std::sync::mpsc;

use tidegate::Stop;

/// Listens for Ctrl-C and, on Unix, for SIGTERM on a thread of its own; from here on, none is missed.
pub(crate) fn listen(stop: Stop) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (ready, is_ready) = mpsc::channel();
    std::thread::Builder::new()
        .name("tidegate-signals".to_owned())
        .spawn(move || {
            // Without signals to listen for, the system's own way of ending a program remains.
            let _ = runtime.block_on(request_at_each(&stop, ready));
        })?;
    // The thread says so, or ends because it cannot listen.
    let _ = is_ready.recv();
    Ok(())
}

/// Both signals are listened for without a pause, so that none is lost between two.
#[cfg(unix)]
async fn request_at_each(stop: &Stop, ready: mpsc::Sender<()>) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    drop(ready);
    loop {
        tokio::select! {
            _ = interrupt.recv() => stop.request(),
            _ = terminate.recv() => stop.request(),
        }
    }
}

#[cfg(not(unix))]
async fn request_at_each(stop: &Stop, ready: mpsc::Sender<()>) -> std::io::Result<()> {
    drop(ready);
    loop {
        tokio::signal::ctrl_c().await?;
        stop.request();
    }
}
