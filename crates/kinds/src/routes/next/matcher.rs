//! The middleware of Next.js, called proxy since version 16, and the paths it is for.

use super::super::Guard;
use super::super::guards::within;
use super::super::lex::javascript;
use super::super::sources::Source;

/// A middleware that asks who is asking.
pub(super) struct Watch {
    /// The name of its file.
    name: String,
    /// The paths it is for; all when it does not say.
    matchers: Vec<Matcher>,
}

/// The paths of a matcher, as far as reading tells.
struct Matcher {
    /// The paths begin with this.
    prefix: String,
    /// And go on.
    open: bool,
    /// But not with one of these behind the prefix.
    except: Vec<String>,
}

impl Watch {
    /// Reads a middleware; nothing when it asks nobody.
    pub(super) fn read(source: &Source) -> Option<Self> {
        let tokens = javascript(&source.text);
        let exports_auth = (0..tokens.len()).any(|index| {
            tokens.are(index, &["auth", "as"])
                || tokens.are(index, &["export", "default", "auth"])
                || tokens.are(index, &["withAuth", "("])
        });
        let asks = within(&tokens, 0..tokens.len()) != Guard::None;
        if !asks && !exports_auth {
            return None;
        }
        let at = (0..tokens.len()).find(|&index| tokens.are(index, &["matcher", ":"]));
        let mut texts = Vec::new();
        if let Some(at) = at {
            let end = tokens.after(at + 2, tokens.len());
            texts.extend((at + 2..end).filter_map(|index| tokens.text(index)));
            texts.retain(|text| text.starts_with('/'));
        }
        let name = source.path.rsplit('/').next().unwrap_or(&source.path);
        Some(Self {
            name: name.to_owned(),
            matchers: texts.iter().map(|text| Matcher::read(text)).collect(),
        })
    }

    /// The name of the middleware when it is for a path.
    pub(super) fn over(&self, path: &str) -> Option<&str> {
        let all = self.matchers.is_empty();
        let one = self.matchers.iter().any(|matcher| matcher.fits(path));
        (all || one).then_some(self.name.as_str())
    }
}

impl Matcher {
    fn read(text: &str) -> Self {
        let end = text.find([':', '(', '*']).unwrap_or(text.len());
        let (prefix, rest) = text.split_at(end);
        let except = rest
            .strip_prefix("((?!")
            .and_then(|rest| rest.split_once(')'));
        let except = except.map_or_else(Vec::new, |(names, _)| {
            let names = names.split('|').filter(|name| !name.starts_with('.'));
            names
                .map(|name| name.trim_end_matches('$').replace('\\', ""))
                .collect()
        });
        Self {
            prefix: prefix.to_owned(),
            open: !rest.is_empty(),
            except,
        }
    }

    fn fits(&self, path: &str) -> bool {
        if !self.open {
            return path == self.prefix;
        }
        let whole = self.prefix.trim_end_matches('/');
        let Some(rest) = path.strip_prefix(whole) else {
            return false;
        };
        let rest = rest.trim_start_matches('/');
        let excepted = |name: &String| !name.is_empty() && rest.starts_with(name.as_str());
        !self.except.iter().any(excepted)
    }
}
