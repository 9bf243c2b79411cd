//! The address of production, where a file tells it.

use serde_json::Value as Json;
use tidegate_kinds::reading::assigned;
use url::{Host as UrlHost, Url};

use super::names::{split, within};
use super::part::Part;
use super::shape::Shape;
use super::technologies::places;
use super::{Host, Told, hosts, loose};

/// What a variable that holds the address of the whole app is called, after what makes it public.
const NAMES: [&str; 9] = [
    "SITE_URL",
    "APP_URL",
    "WEB_URL",
    "WEBSITE_URL",
    "PUBLIC_URL",
    "NEXTAUTH_URL",
    "AUTH_URL",
    "BETTER_AUTH_URL",
    "BASE_URL",
];

/// How often a page is taken to say what its address is.
const MARK_LIMIT: usize = 10;

/// Where projects are kept, shown or made, which is not where they run.
const NOT_THE_APP: [&str; 14] = [
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "codeberg.org",
    "npmjs.com",
    "pypi.org",
    "readthedocs.io",
    "lovable.dev",
    "bolt.new",
    "stackblitz.com",
    "codesandbox.io",
    "replit.com",
    "vercel.com",
    "notion.site",
];

/// The address of production: what was written down as such before what a host makes of a name.
pub(super) fn of(part: &Part<'_, '_>, shape: &Shape, folders: &[String]) -> Option<Told<String>> {
    let is_alone = folders.len() == 1;
    variables(part, is_alone)
        .or_else(|| of_hosts(part, folders))
        .or_else(|| cname(part))
        .or_else(|| homepage(part))
        .or_else(|| in_pages(part))
        .or_else(|| django(part, shape))
        .or_else(|| made_by_hosts(part, folders))
}

/// Files of variables that production gets.
fn variables(part: &Part<'_, '_>, is_alone: bool) -> Option<Told<String>> {
    let names = [
        ".env.production",
        ".env.prod",
        "fly.toml",
        "vercel.json",
        "netlify.toml",
        "render.yaml",
    ];
    let paths = places(part, is_alone).flat_map(|folder| names.map(|name| within(folder, name)));
    let mut paths = paths.filter(|path| part.survey.has(path));
    paths.find_map(|path| {
        let text = part.survey.text(&path)?;
        let set = assigned(&path, &text)?.ok()?;
        let mut ours = set
            .iter()
            .filter(|one| one.of_production && is_address_of_all(&one.name));
        ours.find_map(|one| {
            let address = address(one.value.as_deref()?)?;
            Some(Told::new(
                address,
                &path,
                format!("{} is set to it", one.name),
            ))
        })
    })
}

/// Whether a variable of this name holds the address of the whole app.
fn is_address_of_all(name: &str) -> bool {
    let publics = [
        "NEXT_PUBLIC_",
        "NUXT_PUBLIC_",
        "REACT_APP_",
        "VITE_",
        "PUBLIC_",
    ];
    let rest = publics.iter().find_map(|start| name.strip_prefix(start));
    match rest {
        Some(rest) => NAMES.contains(&rest),
        // Without it the base may be that of any other service.
        None => NAMES.contains(&name) && name != "BASE_URL",
    }
}

/// Domains in the configurations of hosts.
fn of_hosts(part: &Part<'_, '_>, folders: &[String]) -> Option<Told<String>> {
    hosts::configurations(part, folders)
        .into_iter()
        .find_map(|(host, path)| {
            let read = part.survey.configuration(&path)?;
            let (domain, because) = match host {
                Host::Vercel => (first_text(read.get("alias")?)?, "alias names it"),
                Host::Render => (of_render(part, &read, &path)?, "domains names it"),
                Host::Netlify | Host::Fly => return None,
            };
            Some(Told::new(of_domain(&domain)?, &path, because))
        })
}

fn first_text(value: &Json) -> Option<String> {
    let one = value
        .as_str()
        .or_else(|| value.as_array()?.first()?.as_str());
    one.map(str::to_owned)
}

/// The domain of the service whose folder is the part's; of the one service that there is.
fn of_render(part: &Part<'_, '_>, read: &Json, path: &str) -> Option<String> {
    let services = read.get("services")?.as_array()?;
    let is_ours = |service: &&Json| {
        let root = service.get("rootDir").and_then(Json::as_str).unwrap_or("");
        let root = super::names::plain(root).map(|root| within(split(path).0, &root));
        root.is_some_and(|root| root == part.folder) || services.len() == 1
    };
    let mut ours = services.iter().filter(is_ours);
    ours.find_map(|service| first_text(service.get("domains")?))
}

/// The domain of GitHub Pages and of those who took over its file.
fn cname(part: &Part<'_, '_>) -> Option<Told<String>> {
    let (path, text) = part.first(&["CNAME", "public/CNAME", "static/CNAME"])?;
    let domain = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(Told::new(of_domain(domain)?, &path, "it names the domain"))
}

fn homepage(part: &Part<'_, '_>) -> Option<Told<String>> {
    let package = part.package()?;
    let home = package.body.get("homepage")?.as_str()?;
    // A page below another's domain is reached by its path, which an address has no room for.
    let path = Url::parse(home)
        .ok()
        .map(|url| url.path().trim_matches('/').is_empty());
    let address = address(home).filter(|_| path == Some(true))?;
    Some(Told::new(address, &package.path, "homepage names it"))
}

/// Addresses that pages say about themselves to search engines.
fn in_pages(part: &Part<'_, '_>) -> Option<Told<String>> {
    if let Some((path, text)) = part.first(&["index.html"]) {
        for (mark, value) in [
            ("rel=\"canonical\"", "href"),
            ("property=\"og:url\"", "content"),
        ] {
            let tag = text
                .match_indices(mark)
                .take(MARK_LIMIT)
                .find_map(|(at, _)| {
                    let start = text.get(..at)?.rfind('<')?;
                    text.get(start..)?.split_once('>').map(|(tag, _)| tag)
                });
            let named = tag
                .and_then(|tag| loose::text_of(tag, value))
                .and_then(|text| address(&text));
            if let Some(address) = named {
                return Some(Told::new(
                    address,
                    &path,
                    format!("{} names it", mark.replace('"', "")),
                ));
            }
        }
    }
    let layouts = [
        "app/layout.tsx",
        "src/app/layout.tsx",
        "app/layout.jsx",
        "src/app/layout.jsx",
        "app/layout.js",
    ];
    if let Some((path, text)) = part.first(&layouts) {
        let value = loose::values(&text, "metadataBase")
            .find_map(|value| loose::literal(value.strip_prefix("new URL(")?.trim_start()));
        if let Some(address) = value.and_then(|text| address(&text)) {
            return Some(Told::new(address, &path, "metadataBase names it"));
        }
    }
    let (path, text) = part.first(&["public/robots.txt", "static/robots.txt", "robots.txt"])?;
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Sitemap:"))?;
    Some(Told::new(
        address(line.trim())?,
        &path,
        "its sitemap is there",
    ))
}

/// The host that Django answers for, when it is one.
fn django(part: &Part<'_, '_>, shape: &Shape) -> Option<Told<String>> {
    let Shape::Django(django) = shape else {
        return None;
    };
    django.texts(part).into_iter().find_map(|(path, text)| {
        let list = loose::values(&text, "ALLOWED_HOSTS").next()?;
        let (list, _) = list.strip_prefix('[')?.split_once(']')?;
        let mut hosts = list
            .split(',')
            .filter_map(|host| of_domain(&loose::literal(host.trim())?));
        Some(Told::new(hosts.next()?, &path, "ALLOWED_HOSTS names it"))
    })
}

/// Addresses that hosts make of names.
fn made_by_hosts(part: &Part<'_, '_>, folders: &[String]) -> Option<Told<String>> {
    let is_label = |name: &&str| {
        let letter =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        !name.is_empty() && name.len() <= 63 && name.chars().all(letter) && !name.starts_with('-')
    };
    let fly = hosts::configurations(part, folders)
        .into_iter()
        .find_map(|(host, path)| {
            let read = part
                .survey
                .configuration(&path)
                .filter(|_| host == Host::Fly && path.ends_with("fly.toml"))?;
            let serves = read
                .get("http_service")
                .or_else(|| read.get("services"))
                .is_some();
            let app = read
                .get("app")
                .and_then(Json::as_str)
                .filter(is_label)
                .filter(|_| serves)?;
            let because = format!("Fly.io serves the app {app} there");
            Some(Told::new(format!("https://{app}.fly.dev"), &path, because))
        });
    fly.or_else(|| {
        let is_alone = folders.len() == 1;
        let path = places(part, is_alone)
            .find_map(|folder| part.survey.first_of(folder, &["firebase.json"]))?;
        let hosting = part.survey.configuration(&path)?.get("hosting")?.clone();
        let names = within(split(&path).0, ".firebaserc");
        let projects = part.survey.configuration(&names).unwrap_or_default();
        let site = hosting
            .get("site")
            .or_else(|| projects.pointer("/projects/default"));
        let site = site.and_then(Json::as_str).filter(is_label)?;
        let file = if hosting.get("site").is_some() {
            &path
        } else {
            &names
        };
        let because = format!("Firebase serves {site} there");
        Some(Told::new(format!("https://{site}.web.app"), file, because))
    })
}

fn of_domain(domain: &str) -> Option<String> {
    let is_address = domain.starts_with("https://") || domain.starts_with("http://");
    if is_address {
        return address(domain);
    }
    let odd = |letter: char| !letter.is_ascii_alphanumeric() && !"-.".contains(letter);
    (!domain.contains(odd)).then(|| address(&format!("https://{domain}")))?
}

/// The origin of an address that can be the one of production: a proper domain that is nobody's example.
fn address(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_bare = url.username().is_empty() && url.password().is_none();
    let Some(UrlHost::Domain(host)) = url.host() else {
        return None;
    };
    let host = host.trim_end_matches('.');
    let (_, top) = host.rsplit_once('.')?;
    let reserved = [
        "example",
        "test",
        "invalid",
        "localhost",
        "local",
        "internal",
        "lan",
    ];
    let examples = [
        "example.com",
        "example.org",
        "example.net",
        "domain.com",
        "mysite.com",
        "mydomain.com",
        "acme.com",
    ];
    let is_of = |domain: &&&str| host == **domain || host.ends_with(&format!(".{domain}"));
    let is_placeholder =
        host.starts_with("your") || host.contains("yourdomain") || host.contains("your-");
    let other = host.split('.').any(str::is_empty)
        || reserved.contains(&top)
        || is_placeholder
        || NOT_THE_APP
            .iter()
            .chain(&examples)
            .any(|domain| is_of(&domain));
    let port = url
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    (is_web && is_bare && !other).then(|| format!("{}://{host}{port}", url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn only_addresses_that_can_be_production_are_taken() {
        for (text, expected) in [
            ("https://portal.acme.io/", "https://portal.acme.io"),
            (
                "https://portal.acme.io:8443/login?x",
                "https://portal.acme.io:8443",
            ),
            ("http://shop.de", "http://shop.de"),
        ] {
            assert_eq!(address(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "http://localhost:3000",
            "https://127.0.0.1",
            "https://example.com",
            "https://app.example.com",
            "https://acme.test",
            "https://github.com/acme/portal#readme",
            "https://your-domain.com",
            "https://user:secret@acme.io",
            "ftp://acme.io",
            "/portal",
            "https://",
            "https://intranet",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
