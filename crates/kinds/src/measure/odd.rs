//! What is said of answers that are not those that were to be measured.

/// The longest address that is told, in characters.
const ADDRESS: usize = 120;

/// An answer with a status that is not the expected one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Odd<'o> {
    /// The status.
    pub(crate) status: u16,
    /// Where it leads to, for a redirect.
    pub(crate) location: Option<&'o str>,
    /// Who asked.
    pub(crate) who: Option<&'o str>,
    /// Whether the gate file can say that the status is the expected one.
    pub(crate) may_be_expected: bool,
}

impl Odd<'_> {
    /// Why nothing is measured, and what to do about it: the end of a sentence that says how it was answered.
    pub(crate) fn told(&self) -> String {
        let status = self.status;
        let leads = self.location.map_or_else(String::new, |location| {
            format!(" and leads to {}", clip(location))
        });
        let expect = if self.may_be_expected {
            format!(", or expect it with `status: {status}`")
        } else {
            String::new()
        };
        let why = match (status, self.who) {
            (401, _) => self.strange("is not logged in there"),
            (403, Some(who)) => format!(
                ": {who} may not see it, so that there is nothing to measure; choose another identity with `as:`"
            ),
            (403, None) => self.strange("may not see it"),
            (300..=399, _) if self.location.is_some_and(is_login) => {
                self.strange("is not logged in there")
            }
            (300..=399, _) => {
                format!(", which is not followed; write the path that it leads to{expect}")
            }
            (404 | 410, _) => {
                ": there is nothing to measure; check the path, and that the data it shows is there"
                    .to_owned()
            }
            (405, _) => {
                ": this method is not known there; check the method and the path".to_owned()
            }
            _ => format!(", which is not what is to be measured; mend the request{expect}"),
        };
        format!("{leads}{why}")
    }

    fn strange(&self, what: &str) -> String {
        match self.who {
            Some(who) => format!(
                ": {who} {what}, so that there is nothing to measure; look at how {who} logs in"
            ),
            None => ": it is not logged in, so that there is nothing to measure; say with `as:` who asks".to_owned(),
        }
    }
}

/// That somebody asks for fewer requests; `answered` says with which answer, and `after` is how many seconds
/// it wants to be left alone.
pub(crate) fn limited(whose: &str, answered: &str, after: Option<u64>) -> String {
    let wait = after.map_or_else(String::new, |after| format!(" and asks to wait {after} s"));
    format!(
        "{whose} limits how often it may be asked: {answered}{wait}; ask less often with `rate:`, or let the account of the check through the limit"
    )
}

/// Whether an address is that of a login.
fn is_login(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    ["login", "signin", "sign-in", "sign_in", "/auth", "sso"]
        .iter()
        .any(|word| address.contains(word))
}

fn clip(text: &str) -> String {
    // What stands behind may be a token.
    let address = text.split(['?', '#']).next().unwrap_or_default();
    address
        .chars()
        .filter(|letter| !letter.is_control())
        .take(ADDRESS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_answer_says_what_to_do() {
        for (status, location, who, expected) in [
            (401, None, Some("anna"), "anna is not logged in there"),
            (401, None, None, "say with `as:` who asks"),
            (403, None, Some("anna"), "anna may not see it"),
            (403, None, None, "say with `as:` who asks"),
            (404, None, None, "check the path"),
            (405, None, None, "check the method"),
            (
                302,
                Some("/login?next=%2F"),
                Some("anna"),
                "leads to /login: anna is not logged in",
            ),
            (
                301,
                Some("/api/v2/records"),
                None,
                "write the path that it leads to",
            ),
            (422, None, None, "`status: 422`"),
        ] {
            let odd = Odd {
                status,
                location,
                who,
                may_be_expected: true,
            };
            let text = odd.told();
            assert!(text.contains(expected), "{text}");
        }
    }

    #[test]
    fn where_no_status_can_be_expected_none_is_advised() {
        for (status, location) in [(422, None), (301, Some("/api/v2/records"))] {
            let odd = Odd {
                status,
                location,
                who: None,
                may_be_expected: false,
            };
            assert!(!odd.told().contains("`status:"), "{}", odd.told());
        }
    }
}
