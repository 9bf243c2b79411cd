//! One page, header by header.

use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::ports::http::Response;

use super::codes;
use super::csp::{self, Policy};
use super::framing::{Frames, Framing};
use super::item::{Grade, Item};

/// The least time that browsers are to remember TLS: half a year, in seconds.
const HALF_A_YEAR: u64 = 180 * 24 * 60 * 60;

/// How much of a page is looked at for what its markup says.
const MARKUP: usize = 64 * 1024;

/// How many signs of a value are told.
const SHOWN: usize = 100;

/// A page as it was answered, and what is known of it.
pub(super) struct Page<'p> {
    /// The answer.
    pub(super) response: &'p Response,
    /// Whether it is HTML, and not data.
    pub(super) is_html: bool,
    /// Whether others are shown something else.
    pub(super) is_personal: bool,
    /// Whether it was asked for as somebody, or asks for a password.
    pub(super) is_guarded: bool,
    /// Whether the identity proves who it is with cookies.
    pub(super) by_cookie: bool,
    /// The portal's own origin.
    pub(super) own: &'p str,
    /// The origins whose pages show it inside their own.
    pub(super) embedded_by: Option<&'p [String]>,
    /// Whether it is on this machine, where browsers do not insist on TLS.
    pub(super) is_local: bool,
}

/// What a header is worth.
#[derive(Debug)]
pub(super) struct Judged {
    /// Which one.
    pub(super) item: Item,
    /// Its grade.
    pub(super) grade: Grade,
    /// Why, in a few words.
    pub(super) says: String,
    /// What is found, and how bad it is here.
    pub(super) fault: Option<(CodeInfo, Severity)>,
}

impl Judged {
    fn of(item: Item, grade: Grade, says: impl Into<String>) -> Self {
        Self {
            item,
            grade,
            says: says.into(),
            fault: None,
        }
    }

    fn fault(self, info: CodeInfo) -> Self {
        let severity = info.severity;
        self.fault_as(info, severity)
    }

    fn fault_as(mut self, info: CodeInfo, severity: Severity) -> Self {
        self.fault = Some((info, severity));
        self
    }
}

impl Page<'_> {
    /// Judges every header that this sort of answer should have.
    pub(super) fn judge(&self) -> Vec<Judged> {
        let mut all = Vec::new();
        if self.is_html {
            let policies = self.policies();
            all.push(self.csp(&policies));
            all.extend(self.framing(&policies));
            all.push(self.referrer());
            all.push(self.charset());
            all.push(self.mere(Item::Permissions));
            all.push(self.mere(Item::Opener));
            all.extend(self.xss_protection());
        }
        all.extend(self.hsts());
        all.push(self.nosniff());
        all.extend(self.cache());
        all
    }

    fn values(&self, name: &str) -> Vec<&str> {
        self.response.header_values(name).collect()
    }

    fn policies(&self) -> Vec<Policy> {
        let values = self.values("content-security-policy");
        values.into_iter().flat_map(Policy::all).collect()
    }

    fn markup(&self) -> String {
        let body = &self.response.body[..self.response.body.len().min(MARKUP)];
        String::from_utf8_lossy(body).into_owned()
    }

    fn csp(&self, policies: &[Policy]) -> Judged {
        let mut policies = policies.to_vec();
        policies.extend(csp::in_markup(&self.markup()));
        // A script must get past each of several policies, so that the strictest decides.
        let holes = policies.iter().map(Policy::holes).min_by_key(Vec::len);
        let Some(holes) = holes else {
            let reports = !self
                .values("content-security-policy-report-only")
                .is_empty();
            let says = if reports {
                "report-only, which stops nothing"
            } else {
                "missing"
            };
            return Judged::of(Item::Csp, Grade::Missing, says).fault(codes::CSP);
        };
        if !holes.is_empty() {
            return Judged::of(Item::Csp, Grade::Weak, holes.join(", ")).fault(codes::CSP);
        }
        let wishes = policies.iter().map(Policy::wishes).min_by_key(Vec::len);
        let wishes = wishes.unwrap_or_default();
        if wishes.is_empty() {
            return Judged::of(Item::Csp, Grade::Good, "keeps foreign scripts out");
        }
        let says = format!("without {}", wishes.join(" and "));
        Judged::of(Item::Csp, Grade::Fair, says)
    }

    /// Who may show the page inside their own: the grade, and what else is odd about it.
    fn framing(&self, policies: &[Policy]) -> Vec<Judged> {
        let framing = Framing::of(policies, &self.values("x-frame-options"));
        let grade = |grade, says: String| Judged::of(Item::Framing, grade, says);
        let mut all = Vec::new();
        let embedded = self.embedded_by.unwrap_or_default();
        let refused: Vec<&str> = embedded
            .iter()
            .filter(|origin| !framing.lets(origin, self.own))
            .map(String::as_str)
            .collect();
        let others = self
            .embedded_by
            .map(|known| framing.others(known, self.own));
        let others = others.unwrap_or_default();
        let severity = if self.is_guarded {
            Severity::Medium
        } else {
            Severity::Low
        };
        if framing.frames == Frames::Everybody {
            let says = "every site may show it in a frame".to_owned();
            all.push(grade(Grade::Missing, says).fault_as(codes::FRAMING, severity));
        } else if !refused.is_empty() {
            let says = format!("{} cannot show it in a frame", refused.join(", "));
            all.push(grade(Grade::Weak, says).fault(codes::EMBEDDING_REFUSED));
        } else if !others.is_empty() {
            let says = format!("{} may show it in a frame, too", shown(&others.join(", ")));
            all.push(grade(Grade::Weak, says).fault_as(codes::FRAMING, severity));
        } else {
            let says = match &framing.frames {
                Frames::Listed(_) => "listed sites only",
                _ => "no other site",
            };
            all.push(grade(Grade::Good, says.to_owned()));
        }
        if let Some(older) = &framing.conflict {
            let says = format!(
                "X-Frame-Options says {}, and browsers follow frame-ancestors, which says otherwise",
                shown(older)
            );
            all.push(grade(Grade::Weak, says).fault(codes::FRAMING_CONFLICT));
        }
        all
    }

    fn hsts(&self) -> Option<Judged> {
        if !self.response.url.starts_with("https://") || self.is_local {
            return None;
        }
        let values = self.values("strict-transport-security");
        // Browsers take the first one alone (RFC 6797, 8.1).
        let Some(value) = values.first() else {
            return Some(Judged::of(Item::Hsts, Grade::Missing, "missing").fault(codes::HSTS));
        };
        let age = value.split(';').find_map(|directive| {
            let (name, age) = directive.split_once('=')?;
            let age = age.trim().trim_matches('"');
            name.trim()
                .eq_ignore_ascii_case("max-age")
                .then(|| age.parse::<u64>().ok())?
        });
        Some(match age {
            Some(age) if age >= HALF_A_YEAR => {
                Judged::of(Item::Hsts, Grade::Good, "half a year or more")
            }
            Some(0) | None => Judged::of(
                Item::Hsts,
                Grade::Missing,
                "without a time, so that it means nothing",
            )
            .fault(codes::HSTS),
            Some(age) => Judged::of(
                Item::Hsts,
                Grade::Weak,
                format!("for {} hours only", age / 3600),
            )
            .fault(codes::HSTS),
        })
    }

    fn nosniff(&self) -> Judged {
        let values = self.values("x-content-type-options");
        // Browsers take the first value alone (Fetch, 3.6).
        let first = values.iter().flat_map(|value| value.split(',')).next();
        match first.map(str::trim) {
            Some(value) if value.eq_ignore_ascii_case("nosniff") => {
                Judged::of(Item::Nosniff, Grade::Good, "nosniff")
            }
            Some(value) => {
                let says = format!("`{}`, which means nothing", shown(value));
                Judged::of(Item::Nosniff, Grade::Missing, says).fault(codes::NOSNIFF)
            }
            None => Judged::of(Item::Nosniff, Grade::Missing, "missing").fault(codes::NOSNIFF),
        }
    }

    /// Whether a cache may keep what only this person is shown.
    fn cache(&self) -> Option<Judged> {
        if !self.is_personal {
            return None;
        }
        let values = self.values("cache-control").join(",").to_ascii_lowercase();
        let mut words = values.split(',').map(str::trim);
        let has = |word: &str| {
            values
                .split(',')
                .any(|one| one.trim().split('=').next() == Some(word))
        };
        let grade = |grade, says: &str| Judged::of(Item::Cache, grade, says);
        Some(if has("no-store") {
            grade(Grade::Good, "no-store")
        } else if has("private") {
            grade(Grade::Good, "private")
        } else if has("public")
            || words.any(|word| word.starts_with("s-maxage=") && word != "s-maxage=0")
        {
            grade(
                Grade::Missing,
                "shared caches are asked to keep what one person is shown",
            )
            .fault(codes::CACHEABLE)
        } else if has("no-cache") || values.contains("max-age=0") || !self.by_cookie {
            // Shared caches keep no answer to a request with Authorization (RFC 9111, 3.5).
            grade(Grade::Fair, "no shared cache keeps it unasked")
        } else {
            grade(
                Grade::Weak,
                "missing, so that each cache decides for itself",
            )
            .fault_as(codes::CACHEABLE, Severity::Low)
        })
    }

    fn referrer(&self) -> Judged {
        const SAFE: &[&str] = &[
            "no-referrer",
            "same-origin",
            "strict-origin",
            "strict-origin-when-cross-origin",
            "origin",
        ];
        const OPEN: &[&str] = &[
            "unsafe-url",
            "no-referrer-when-downgrade",
            "origin-when-cross-origin",
        ];
        let values = self
            .values("referrer-policy")
            .join(",")
            .to_ascii_lowercase();
        let mut words = values.split(',').map(str::trim);
        // The last one that a browser knows counts.
        let known = words.rfind(|word| SAFE.contains(word) || OPEN.contains(word));
        match known {
            None => Judged::of(
                Item::Referrer,
                Grade::Fair,
                "missing; browsers tell the origin alone",
            ),
            Some("unsafe-url") => Judged::of(Item::Referrer, Grade::Missing, "unsafe-url")
                .fault(codes::REFERRER_POLICY),
            Some("no-referrer-when-downgrade") => {
                Judged::of(Item::Referrer, Grade::Weak, "no-referrer-when-downgrade")
                    .fault(codes::REFERRER_POLICY)
            }
            Some(known) => Judged::of(Item::Referrer, Grade::Good, known),
        }
    }

    fn charset(&self) -> Judged {
        let declared = self.response.header("content-type").unwrap_or_default();
        let declared = declared.to_ascii_lowercase();
        let markup = self.markup();
        // Browsers look for it in the first 1024 bytes (HTML, 13.2.3.2).
        let start: String = markup
            .chars()
            .take(1024)
            .collect::<String>()
            .to_ascii_lowercase();
        if declared.contains("charset=") {
            Judged::of(Item::Charset, Grade::Good, "names the encoding")
        } else if start.starts_with('\u{FEFF}') || start.contains("charset=") {
            Judged::of(Item::Charset, Grade::Good, "the markup names the encoding")
        } else if self.response.body.is_ascii() {
            Judged::of(
                Item::Charset,
                Grade::Fair,
                "no encoding, and English letters only",
            )
        } else {
            Judged::of(Item::Charset, Grade::Weak, "no encoding").fault(codes::CHARSET)
        }
    }

    /// A header that is good to have and no fault to lack.
    fn mere(&self, item: Item) -> Judged {
        match self.values(item.name()).first() {
            Some(value) if item == Item::Opener && !value.starts_with("same-origin") => {
                Judged::of(item, Grade::Fair, shown(value))
            }
            Some(_) => Judged::of(item, Grade::Good, "set"),
            None => Judged::of(item, Grade::Fair, "missing"),
        }
    }

    fn xss_protection(&self) -> Option<Judged> {
        let values = self.values("x-xss-protection");
        let value = values.first()?;
        let item = Item::XssProtection;
        Some(if value.starts_with('0') {
            Judged::of(item, Grade::Good, "off")
        } else {
            Judged::of(item, Grade::Fair, "on, and browsers have given it up")
                .fault(codes::XSS_PROTECTION)
        })
    }
}

/// A value as far as it is told, without what a terminal would act on.
fn shown(value: &str) -> String {
    let value = value.chars().filter(|sign| !sign.is_control());
    value.take(SHOWN).collect()
}
