//! What a check asks for.

use crate::bindings::tidegate::check::types;

/// A power that a check asks for; a gate file grants it, or the check does not run.
///
/// ```
/// use tidegate_plugin_sdk::Capability;
///
/// const ASKS: &[Capability] = &[
///     Capability::target_read("to read the invoices"),
///     Capability::host("https://api.stripe.com", "to hold them against what was paid").optional(),
/// ];
/// assert!(ASKS[1].optional);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability {
    /// Which one.
    pub power: Power,
    /// What for, in one plain sentence: whoever grants it reads this.
    pub reason: &'static str,
    /// Whether the check does something useful without it.
    pub optional: bool,
}

/// Something a check may do only when the gate file grants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// Requests that read (`GET`, `HEAD`, `OPTIONS`) the environment under test.
    TargetRead,
    /// Requests of every method to the environment under test.
    TargetWrite,
    /// Requests to the origins under `apis:` of the gate file that it names for this plugin.
    Apis,
    /// Requests to another origin, such as `https://api.stripe.com`.
    Host(&'static str),
    /// The value of a secret, put in the place of `${NAME}` in a header when the request is sent.
    Secret(&'static str),
    /// Files of the project whose path matches a glob, such as `exports/**/*.csv`.
    Files(&'static str),
    /// What other checks of the run sent and received.
    Recorded,
}

impl Capability {
    const fn new(power: Power, reason: &'static str) -> Self {
        Self {
            power,
            reason,
            optional: false,
        }
    }

    /// To read the environment under test.
    pub const fn target_read(reason: &'static str) -> Self {
        Self::new(Power::TargetRead, reason)
    }

    /// To send requests of every method to the environment under test.
    pub const fn target_write(reason: &'static str) -> Self {
        Self::new(Power::TargetWrite, reason)
    }

    /// To send requests to the origins under `apis:` of the gate file.
    pub const fn apis(reason: &'static str) -> Self {
        Self::new(Power::Apis, reason)
    }

    /// To send requests to another origin: scheme, host and, unless it is the scheme's own, port.
    pub const fn host(origin: &'static str, reason: &'static str) -> Self {
        Self::new(Power::Host(origin), reason)
    }

    /// To have a secret put into a header ([`secret`](crate::secret)).
    pub const fn secret(name: &'static str, reason: &'static str) -> Self {
        Self::new(Power::Secret(name), reason)
    }

    /// To read files of the project that match a glob.
    pub const fn files(glob: &'static str, reason: &'static str) -> Self {
        Self::new(Power::Files(glob), reason)
    }

    /// To read what other checks of the run sent and received; the check then runs after them.
    pub const fn recorded(reason: &'static str) -> Self {
        Self::new(Power::Recorded, reason)
    }

    /// The same, for a check that does something useful without it.
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(crate) fn described(&self) -> types::Capability {
        let power = match self.power {
            Power::TargetRead => types::Power::TargetRead,
            Power::TargetWrite => types::Power::TargetWrite,
            Power::Apis => types::Power::Apis,
            Power::Host(origin) => types::Power::Host(origin.to_owned()),
            Power::Secret(name) => types::Power::Secret(name.to_owned()),
            Power::Files(glob) => types::Power::Files(glob.to_owned()),
            Power::Recorded => types::Power::Recorded,
        };
        types::Capability {
            power,
            reason: self.reason.to_owned(),
            optional: self.optional,
        }
    }
}
