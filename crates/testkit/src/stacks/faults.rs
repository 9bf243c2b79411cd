//! Which fault a portal was started with.

/// The one fault of a portal, or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Faults(Option<&'static str>);

impl Faults {
    /// Takes the name of a fault; an empty one stands for none.
    ///
    /// # Panics
    /// When no fault has this name.
    pub(super) fn named(name: &str, known: &'static [&'static str]) -> Self {
        if name.is_empty() {
            return Self(None);
        }
        let found = known.iter().find(|one| **one == name);
        Self(Some(found.expect("a fault of this portal")))
    }

    /// Whether the portal has this fault.
    pub(super) fn has(self, name: &str) -> bool {
        self.0 == Some(name)
    }
}
