//! What a gate file must grant, might grant, and need not grant a plugin.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::plugin::{Access, Destination, Plugin};

use super::difference::worst_first;
use super::globs::may_overlap;
use super::{OriginError, access, origin, phrase};
use crate::interface::types::{Capability, Power};

/// What the plugin cannot do without and the gate file does not grant, each at the plugin's place in the gate file
/// with what to add there.
pub fn faults(plugin: &Plugin, asked: &[Capability]) -> Vec<Diagnostic> {
    let missing = worst_first(asked).into_iter();
    let missing = missing.filter(|one| !one.optional && !is_granted(plugin, &one.power));
    missing.map(|one| fault(plugin, one, asked)).collect()
}

/// What the plugin could use and the gate file does not grant, in one sentence each.
pub fn notes(plugin: &Plugin, asked: &[Capability]) -> Vec<String> {
    let missing = worst_first(asked).into_iter();
    let missing = missing.filter(|one| one.optional && !is_granted(plugin, &one.power));
    let note = |one: &Capability| {
        format!(
            "The plugin `{}` goes without a power that it asks for, if it may have it: it {} ({}). To grant it, add `{}`.",
            plugin.name,
            phrase(&one.power),
            one.reason.trim_end_matches('.'),
            grant(&one.power, asked)
        )
    };
    missing.map(note).collect()
}

/// What the gate file grants and the plugin does not ask for, each at its place.
pub fn warnings(plugin: &Plugin, asked: &[Capability]) -> Vec<Diagnostic> {
    let grant = &plugin.grant;
    let whole = grant.span.as_ref().unwrap_or(&plugin.span);
    let mut unasked = Vec::new();
    if grant.target > access(asked) {
        let power = match grant.target {
            Some(Access::Write) => Power::TargetWrite,
            _ => Power::TargetRead,
        };
        unasked.push((whole, phrase(&power)));
    }
    let asks = |power: &Power| asked.iter().any(|one| one.power == *power);
    if !grant.apis.is_empty() && !asks(&Power::Apis) {
        unasked.push((whole, phrase(&Power::Apis)));
    }
    for host in &grant.hosts {
        let asks = |one: &Capability| matches!(&one.power, Power::Host(asked) if origin(asked) == origin(&host.value));
        if !asked.iter().any(asks) {
            unasked.push((&host.span, phrase(&Power::Host(host.value.clone()))));
        }
    }
    for secret in &grant.secrets {
        let power = Power::Secret(secret.name.value.clone());
        if !asks(&power) {
            unasked.push((&secret.name.span, phrase(&power)));
        }
    }
    for glob in &grant.files {
        let asks = |one: &Capability| matches!(&one.power, Power::Files(asked) if may_overlap(asked, &glob.value));
        if !asked.iter().any(asks) {
            unasked.push((&glob.span, phrase(&Power::Files(glob.value.clone()))));
        }
    }
    if grant.recorded && !asks(&Power::Recorded) {
        unasked.push((whole, phrase(&Power::Recorded)));
    }
    let warning = |(span, phrase): (&tidegate_core::span::Span, String)| {
        let message = format!(
            "the plugin `{}` is granted what it does not ask for: it {phrase}",
            plugin.name
        );
        Diagnostic::at(span.clone(), message)
            .label("not asked for")
            .help("Remove it, so that a later version of the plugin does not have it unseen.")
    };
    unasked.into_iter().map(warning).collect()
}

fn is_granted(plugin: &Plugin, power: &Power) -> bool {
    let granted = &plugin.grant;
    match power {
        Power::TargetRead => granted.target.is_some(),
        Power::TargetWrite => granted.target == Some(Access::Write),
        Power::Apis => !granted.apis.is_empty(),
        Power::Host(host) => {
            let host = origin(host);
            let mut granted = granted.hosts.iter();
            host.is_ok() && granted.any(|one| origin(&one.value) == host)
        }
        Power::Secret(name) => granted.secrets.iter().any(|one| one.name.value == *name),
        Power::Files(glob) => {
            let mut granted = granted.files.iter();
            granted.any(|one| may_overlap(&one.value, glob))
        }
        Power::Recorded => granted.recorded,
    }
}

fn fault(plugin: &Plugin, one: &Capability, asked: &[Capability]) -> Diagnostic {
    let span = plugin.grant.span.as_ref().unwrap_or(&plugin.span).clone();
    if let Power::Host(host) = &one.power
        && let Err(error) = origin(host)
    {
        return improper(plugin, &error);
    }
    let message = format!(
        "the plugin `{}` needs a power that is not granted: it {}",
        plugin.name,
        phrase(&one.power)
    );
    Diagnostic::at(span, message)
        .label(format!("it says what for: {}", one.reason))
        .help(format!(
            "If it may, add `{}` to `plugins: {}`.",
            grant(&one.power, asked),
            plugin.name
        ))
}

fn improper(plugin: &Plugin, error: &OriginError) -> Diagnostic {
    let message = format!("the plugin `{}` asks for a host, but {error}", plugin.name);
    Diagnostic::at(plugin.span.clone(), message)
        .help("Its author mends its `description`; until then use another version.")
}

/// What grants a power, as it stands in a gate file.
fn grant(power: &Power, asked: &[Capability]) -> String {
    let inside = match power {
        Power::TargetRead => "target: read".to_owned(),
        Power::TargetWrite => "target: write".to_owned(),
        Power::Apis => "apis: [NAME]".to_owned(),
        Power::Host(host) => {
            let host = origin(host).unwrap_or_else(|_| host.clone());
            format!("hosts: [\"{host}\"]")
        }
        Power::Secret(name) => {
            let to = match destination(asked) {
                Destination::Target => "target".to_owned(),
                Destination::Api(name) => format!("api:{name}"),
                Destination::Host(host) => format!("\"{host}\""),
            };
            format!("secrets: {{ {name}: {to} }}")
        }
        Power::Files(glob) => format!("files: [\"{glob}\"]"),
        Power::Recorded => "recorded: true".to_owned(),
    };
    format!("grant: {{ {inside} }}")
}

/// Where a secret of this plugin most likely goes.
fn destination(asked: &[Capability]) -> Destination {
    let host = asked.iter().find_map(|one| match &one.power {
        Power::Host(host) => origin(host).ok(),
        _ => None,
    });
    host.map_or(Destination::Target, Destination::Host)
}
