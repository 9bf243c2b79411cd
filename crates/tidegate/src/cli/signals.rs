//! Ctrl-C: the first asks for a clean end, the second for an end at once.

use tidegate::Stop;

/// Listens for Ctrl-C and, on Unix, for SIGTERM on a thread of its own.
pub(crate) fn listen(stop: Stop) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("tidegate-signals".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                while wait().await.is_ok() {
                    stop.request();
                }
            });
        })?;
    Ok(())
}

#[cfg(unix)]
async fn wait() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn wait() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
