//! What a plugin is and asks for, as text for people.

use std::fmt::Write as _;

use tidegate::plugins::Looked;
use tidegate::report::text::{clip, one_line};
use tidegate_core::plugin::Access;
use tidegate_core::words::number;
use tidegate_plugin::capability::{origin, phrase};
use tidegate_plugin::interface::types::{Capability, Power};

/// The longest text of a plugin that is shown in one line.
const WIDTH: usize = 400;

/// A text of a plugin, which may come from anywhere.
pub(super) fn shown(text: &str) -> String {
    one_line(&clip(text, WIDTH), true)
}

/// Name, version, size and digest.
pub(super) fn head(looked: &Looked) -> String {
    let locked = &looked.locked;
    let describes = &locked.describes;
    format!(
        "{} {}: {}\n  from {}, {} bytes\n  SHA-256 {}\n  made for {}\n",
        shown(&looked.name),
        shown(&describes.version),
        shown(&describes.summary),
        shown(&locked.source.to_string()),
        number(locked.size),
        locked.sha256,
        shown(&locked.interface),
    )
}

/// What it asks for and why.
pub(super) fn powers(asked: &[Capability]) -> String {
    if asked.is_empty() {
        return "It asks for nothing: it can look at its own settings only.\n".to_owned();
    }
    let mut text =
        "It asks for powers. It has those that the gate file grants, and no others:\n".to_owned();
    for one in asked {
        let optional = if one.optional {
            " (it does without, too)"
        } else {
            ""
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "  - it {}{optional}\n    what for: {}",
            shown(&phrase(&one.power)),
            shown(&one.reason)
        );
    }
    text
}

/// The lines that declare a plugin under `plugins:`, with what it cannot do without; what it could use is commented
/// out. `place` are the lines that say where it comes from.
pub(super) fn declaration(looked: &Looked, place: &[String]) -> String {
    let mut lines = vec![format!("  {}:", looked.name)];
    lines.extend(place.iter().map(|line| format!("    {line}")));
    let asked = &looked.locked.describes.capabilities;
    let needed = grant(asked, false);
    if !needed.is_empty() {
        lines.push("    grant:".to_owned());
        lines.extend(needed.iter().map(|line| format!("      {line}")));
    }
    let optional = grant(asked, true);
    let more: Vec<&String> = optional
        .iter()
        .filter(|line| !needed.contains(line))
        .collect();
    if !more.is_empty() {
        lines.push("    # It could also use the following under `grant:`:".to_owned());
        lines.extend(more.iter().map(|line| format!("    #   {line}")));
    }
    lines.join("\n") + "\n"
}

/// The lines under `grant:` for what is asked for, with or without what is optional.
fn grant(asked: &[Capability], optional: bool) -> Vec<String> {
    let asked: Vec<&Power> = asked
        .iter()
        .filter(|one| optional || !one.optional)
        .map(|one| &one.power)
        .collect();
    let target = asked.iter().filter_map(|power| match power {
        Power::TargetRead => Some(Access::Read),
        Power::TargetWrite => Some(Access::Write),
        _ => None,
    });
    let mut lines = Vec::new();
    match target.max() {
        Some(Access::Read) => lines.push("target: read".to_owned()),
        Some(Access::Write) => lines.push("target: write".to_owned()),
        None => {}
    }
    if asked.contains(&&Power::Apis) {
        lines.push("apis: []  # the names under `apis:` that it may ask".to_owned());
    }
    let texts = |of: fn(&Power) -> Option<String>| -> Vec<String> {
        asked.iter().filter_map(|power| of(power)).collect()
    };
    let hosts = texts(|power| match power {
        Power::Host(host) => Some(origin(host).unwrap_or_else(|_| host.clone())),
        _ => None,
    });
    let secrets = texts(|power| match power {
        Power::Secret(name) => Some(name.clone()),
        _ => None,
    });
    let files = texts(|power| match power {
        Power::Files(glob) => Some(glob.clone()),
        _ => None,
    });
    if !hosts.is_empty() {
        lines.push(format!("hosts: [{}]", quoted(&hosts)));
    }
    let to = hosts
        .first()
        .map_or_else(|| "target".to_owned(), |host| quote(host));
    if !secrets.is_empty() {
        let each: Vec<String> = secrets.iter().map(|name| format!("{name}: {to}")).collect();
        lines.push(format!("secrets: {{ {} }}", each.join(", ")));
    }
    if !files.is_empty() {
        lines.push(format!("files: [{}]", quoted(&files)));
    }
    if asked.contains(&&Power::Recorded) {
        lines.push("recorded: true".to_owned());
    }
    lines
}

fn quoted(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quote(text)).collect();
    texts.join(", ")
}

/// A text as a YAML scalar that nothing in it can end (YAML 1.2.2, 7.3.1).
pub(super) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
