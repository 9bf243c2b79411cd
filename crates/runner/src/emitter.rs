//! The way of events to the caller.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use tidegate_core::event::Event;
use tidegate_core::ports::Secrets;

use crate::redaction::Redaction;

/// Sends events to the caller's thread, each one redacted on its way.
#[derive(Clone)]
pub(crate) struct Emitter {
    sender: Sender<Event>,
    secrets: Arc<dyn Secrets>,
}

impl Emitter {
    /// Sends to the receiver of `sender`.
    pub(crate) fn new(sender: Sender<Event>, secrets: Arc<dyn Secrets>) -> Self {
        Self { sender, secrets }
    }

    /// Sends an event.
    pub(crate) fn emit(&self, mut event: Event) {
        Redaction(&*self.secrets).event(&mut event);
        // Without a receiver the caller is gone, and nobody wants events.
        let _ = self.sender.send(event);
    }

    /// Says what is going on before the first check.
    pub(crate) fn preparing(&self, what: impl Into<String>) {
        self.emit(Event::Preparing { what: what.into() });
    }
}
