//! Words that people write where a key belongs.

/// What keys begin with, in lowercase; it says whose key it is, not whether it is one.
const HEADS: &str = "\
    ac aiza akia ant api03 asia dev gho ghp ghr ghs ghu github glpat gsk hf key lin live npm \
    ntn or pat pk prod proj publishable pypi r8 re rk sandbox sb sbp secret sg shpat shpss \
    sk svcacct test v1 whsec xai xapp xoxb xoxp";

/// Words that say by themselves that a value is none.
const TELLING: &str = "\
    change changeit changeme dummy example fake fixme foobar insert placeholder redacted \
    replace replaceme sample todo your yours";

/// Other words of which such values are made.
const OTHERS: &str = "\
    access account actual add admin an anon anthropic api apikey app application asdf at \
    auth aws bar baz be bearer bot bucket character characters client code credential \
    credentials customer data database db default dev development email empty enter env fill \
    foo for from generate generated get github give goes google guest hello here host id in \
    is it jwt key least live local localhost long me mock mongo must my mysecret mysql name \
    new none not null of openai org organization own pass passphrase passwd password paste \
    pat pk please postgres postgresql private prod production project public publishable put \
    pw pwd qux qwerty rabbitmq random real redis ref resend role root salt secret secrets \
    secure sendgrid server service session set should sign signing sk slack some something \
    staging string stripe strong supabase super supersecret temp test tester testing the \
    this to token twilio undefined unset use user username value very webhook welcome \
    whatever with world xxx xxxx";

/// The longest run of letters that is taken apart into words.
const LONGEST: usize = 80;
/// From how many characters a part that is no words may be random, and with digits in it.
const RANDOM_FROM: (usize, usize) = (12, 6);

/// What stands behind the beginning that says whose key it is, as in `sk_live_…`; `None` when there
/// is no such beginning.
pub(super) fn behind_head(value: &str) -> Option<&str> {
    let mut rest = value;
    while let Some((head, behind)) = rest.split_once(['_', '-', '.']) {
        if !is_one_of(HEADS, head) || behind.is_empty() {
            break;
        }
        rest = behind;
    }
    if rest.len() == value.len() {
        // AWS and Google write their keys without a separator.
        rest = value
            .strip_prefix("AKIA")
            .or_else(|| value.strip_prefix("ASIA"))
            .or_else(|| value.strip_prefix("AIza"))
            .or_else(|| value.strip_prefix("AC"))
            .or_else(|| value.strip_prefix("SK"))
            .unwrap_or(value);
    }
    (rest.len() < value.len()).then_some(rest)
}

/// Whether the value is made of such words alone, with a short number behind one at most.
pub(super) fn only(value: &str) -> bool {
    let mut parts = parts(value).peekable();
    parts.peek().is_some() && parts.all(|part| is_number(part) || of_words(part))
}

/// Whether a word of it says that it is none, and nothing else in it could be random.
pub(super) fn telling(value: &str) -> bool {
    parts(value).any(|part| is_one_of(TELLING, part)) && !parts(value).any(may_be_random)
}

fn may_be_random(part: &str) -> bool {
    let (letters, mixed) = RANDOM_FROM;
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let is_mixed = digits > 0 && digits < part.len();
    (part.len() >= letters || (is_mixed && part.len() >= mixed)) && !of_words(part)
}

fn parts(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
}

fn is_number(part: &str) -> bool {
    part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_one_of(words: &str, part: &str) -> bool {
    words.split(' ').any(|word| word.eq_ignore_ascii_case(part))
}

/// Whether letters fall apart into the words, each place reached by one or more of them.
fn of_words(part: &str) -> bool {
    let letters = part.to_ascii_lowercase();
    let letters = letters.trim_end_matches(|c: char| c.is_ascii_digit());
    if letters.is_empty() || letters.len() > LONGEST || part.len() - letters.len() > 4 {
        return false;
    }
    let mut reached = vec![false; letters.len() + 1];
    for at in 0..letters.len() {
        if at > 0 && !reached.get(at).copied().unwrap_or(false) {
            continue;
        }
        let rest = letters.get(at..).unwrap_or_default();
        for word in TELLING.split(' ').chain(OTHERS.split(' ')) {
            let place = reached.get_mut(at + word.len());
            if let Some(place) = place.filter(|_| rest.starts_with(word)) {
                *place = true;
            }
        }
    }
    reached.last().copied().unwrap_or(false)
}
