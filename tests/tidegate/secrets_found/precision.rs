//! What looks like a key and is none: not a word about it.

use super::support::{Bench, anon, letters, stripe};

/// Keys that their vendors made for pages, one line for each sort.
fn public_by_design() -> String {
    let hex = |number, length| {
        let text = letters(number, length).to_lowercase();
        text.replace(|letter: char| letter > 'f', "7")
    };
    let jwt = anon(0).whole;
    let clerk = super::support::base64(b"clerk.portal-host.io$");
    [
        format!(
            "const supabaseKey = 'sb_publishable_{}_{}';",
            letters(1, 22),
            letters(2, 8)
        ),
        format!("const supabaseAnonKey = '{jwt}';"),
        format!(
            "const supabaseUrl = 'https://{}.supabase.co';",
            letters(3, 20).to_lowercase()
        ),
        format!("const appId = '1:123456789012:web:{}';", hex(4, 22)),
        format!("const clerkKey = 'pk_live_{clerk}';"),
        format!("const stripeKey = 'pk_live_51{}';", letters(5, 97)),
        format!("const stripeTestKey = 'pk_test_{}';", letters(6, 24)),
        format!(
            "const dsn = 'https://{}@o12345.ingest.sentry.io/98765';",
            hex(7, 32)
        ),
        format!("posthog.init('phc_{}');", letters(8, 43)),
        format!(
            "const mapboxToken = 'pk.eyJ{}.{}';",
            letters(9, 60),
            letters(10, 22)
        ),
        format!("const algoliaSearchKey = '{}';", hex(11, 32)),
        format!(
            "const measurementId = 'G-{}';",
            letters(12, 10).to_uppercase()
        ),
        format!("const recaptchaSiteKey = '6L{}';", letters(13, 38)),
        format!("turnstile.render('0x4AAAAAA{}');", letters(14, 15)),
        format!("const segmentWriteKey = '{}';", letters(15, 32)),
    ]
    .join("\n")
}

const DOTENV_EXAMPLE: &str = "\
# Copy to .env and fill in.
DATABASE_URL=postgres://user:password@localhost:5432/app
STRIPE_SECRET_KEY=sk_live_xxxxxxxxxxxxxxxxxxxxxxxx
STRIPE_WEBHOOK_SECRET=whsec_your_webhook_secret
OPENAI_API_KEY=sk-your-key-here
SUPABASE_SERVICE_ROLE_KEY=<your service role key>
JWT_SECRET=super-secret-jwt-token-with-at-least-32-characters-long
SESSION_SECRET=${SESSION_SECRET}
SMTP_PASSWORD=changeme
RESEND_API_KEY=
";

const PROSE: &str = "\
# Keys

A secret key begins with `sk_live_`, a restricted one with `rk_live_`; neither belongs into a page.
Put the password into the vault, never into `.env`. The api_key: see the vault. A token such as
`ghp_…` is for robots. `-----BEGIN PRIVATE KEY-----` opens a private key. The header is
`Authorization: Bearer <token>`, and `password: string` is a type.

    secret: process.env.SESSION_SECRET
    apiKey: import.meta.env.VITE_API_KEY
";

const CODE: &str = "\
interface Login { user: string; password: string; token?: string }
export const tokenize = (secretSanta: string) => secretSanta.split('');
const passwordField = document.querySelector('input[type=\"password\"]');
const integrity = 'sha512-MV7K1gYl0kEZ0HkVdrTBmtXHtzKyVRqrjpVCB7s6vbHzPzlRdyJaG8lLZ4ZAQOrqHzNqnLuDTmWdYjxpAcGkAg==';
const id = '2f1b6d0e-9c1a-4d2b-8f7e-5a6b7c8d9e0f';
const commit = 'b7a1c3f09d2e4b6a8c0d1e2f3a4b5c6d7e8f9a0b';
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const publicKey = '-----BEGIN PUBLIC KEY-----';
const fakeToken = 'test-token', fakePassword = 'hunter2', mockSecret = 'mock-secret';
throw new Error('invalid password: expected secret_key or access_token');
";

/// Minified code as a bundler writes it, with all the words that keys are bound to.
const MINIFIED: &str = "!function(e,t){var n=e.token,r=e.password,i=t.apiKey||t.secret;\
    function o(e){return e.accessToken=n,e.clientSecret=i,e}var a={secret:1,password:!0,token:null,\
    apiKey:void 0};s(\"password\",r),u({token:n,secret:i,privateKey:a.secret}),l=\"authToken\",\
    c='refresh_token',d=`${n}:${r}`,f=e=>e.sk_live_,h=\"AKIA\",p=[\"ghp_\",\"xoxb-\",\"sk-ant-\"]}(self,{});";

fn harmless() -> Bench {
    let bench = Bench::repository();
    bench.git(&["switch", "--quiet", "-c", "feature"]);
    bench.write(".env.example", DOTENV_EXAMPLE);
    bench.write("docs/keys.md", PROSE);
    bench.write("src/login.ts", CODE);
    bench.write("src/public.ts", public_by_design());
    bench.write(
        "dist/app.js",
        format!("{MINIFIED}{}", public_by_design().replace('\n', "")),
    );
    bench.write(
        "dist/index.html",
        "<meta name=csrf-token content=abc><input name=password>\n",
    );
    bench.write("tests/fixtures/user.json", samples());
    bench
}

/// What vendors print in their documents.
fn samples() -> String {
    let aws = ["AKIA", "IOSFODNN7", "EXAMPLE"].concat();
    let secret = ["wJalrXUtnFEMI/", "K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat();
    let stripe = ["sk_", "test_", "4eC39HqLyj", "WDarjtT1zdp7dc"].concat();
    format!(
        "{{\"aws_access_key_id\":\"{aws}\",\"aws_secret_access_key\":\"{secret}\",\
         \"stripe_secret_key\":\"{stripe}\",\"password\":\"password123\",\"token\":\"test-token-123\"}}\n"
    )
}

#[test]
fn a_folder_of_harmless_files_has_no_finding() {
    let look = harmless().look("tree: true, files: ['.']");
    look.finds(&[]);
    look.says("public by design");
}

#[test]
fn a_key_among_harmless_files_is_found_all_the_same() {
    let bench = harmless();
    let key = stripe(0).whole;
    bench.write(".env.example", format!("{DOTENV_EXAMPLE}REAL={key}\n"));
    bench.write(
        "tests/fixtures/key.json",
        format!("{{\"key\":\"{}\"}}", stripe(1).whole),
    );
    bench.write(
        "docs/keys.md",
        format!("{PROSE}\nFor example `{}`.\n", stripe(2).whole),
    );
    bench.write(
        "dist/app.js",
        format!("{MINIFIED}var z=\"{}\";", stripe(3).whole),
    );
    bench.look("").finds(&[
        "stripe-secret-key .env.example:11",
        "stripe-secret-key dist/app.js:1",
        "stripe-secret-key docs/keys.md:11",
        "stripe-secret-key tests/fixtures/key.json:1",
    ]);
}
