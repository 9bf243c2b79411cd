//! The paths that a file of Next.js answers to, by its name alone.

/// The most folders of a path that are taken for the root of an app.
const ROOT_LIMIT: usize = 3;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// `app/**/route.ts`
    Handler,
    /// `app/**/page.tsx`
    Page,
    /// `pages/api/**`
    OldHandler,
    /// `pages/**`
    OldPage,
}

/// A file that answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The folder of the app, empty for the top.
    pub(super) project: String,
    /// What it is.
    pub(super) page: FileKind,
    /// The paths it answers to.
    pub(super) paths: Vec<String>,
}

/// What a file may answer to, one for each of its folders that may be the root of an app.
pub(super) fn places(path: &str) -> Vec<Place> {
    let mut segments: Vec<&str> = path.split('/').collect();
    let file = segments.pop().unwrap_or_default();
    let Some((stem, _)) = file.rsplit_once('.') else {
        return Vec::new();
    };
    let roots = segments.iter().enumerate();
    let roots = roots.filter(|(_, segment)| matches!(**segment, "app" | "pages"));
    let places = roots.filter_map(|(root, _)| place(&segments, root, stem));
    places.take(ROOT_LIMIT).collect()
}

fn place(segments: &[&str], root: usize, stem: &str) -> Option<Place> {
    let is_app = segments.get(root) == Some(&"app");
    let above = segments.get(..root)?;
    let above = above.strip_suffix(&["src"]).unwrap_or(above);
    let below = segments.get(root + 1..)?;
    let (page, paths) = if is_app {
        let page = match stem {
            "route" => FileKind::Handler,
            "page" => FileKind::Page,
            _ => return None,
        };
        (page, paths(below)?)
    } else {
        of_pages(below, stem)?
    };
    Some(Place {
        project: above.join("/"),
        page,
        paths,
    })
}

fn of_pages(below: &[&str], stem: &str) -> Option<(FileKind, Vec<String>)> {
    let is_api = below.first() == Some(&"api") || (below.is_empty() && stem == "api");
    if !is_api
        && matches!(
            stem,
            "404" | "500" | "_app" | "_document" | "_error" | "_middleware"
        )
    {
        return None;
    }
    let page = if is_api {
        FileKind::OldHandler
    } else {
        FileKind::OldPage
    };
    let mut segments = below.to_vec();
    if stem != "index" {
        segments.push(stem);
    }
    let plain = segments.iter().all(|segment| !segment.starts_with('_'));
    Some((page, paths(&segments)?)).filter(|_| plain)
}

/// The paths of folders: two for an optional rest, none for what is private or intercepts.
fn paths(folders: &[&str]) -> Option<Vec<String>> {
    let mut path = String::new();
    let mut without_rest = None;
    for folder in folders {
        if folder.starts_with('_') || folder.starts_with("(.") {
            return None;
        }
        if folder.starts_with('@') || (folder.starts_with('(') && folder.ends_with(')')) {
            continue;
        }
        let inner = folder
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let optional = inner.and_then(|rest| rest.strip_prefix("[...")?.strip_suffix(']'));
        if let Some(name) = optional {
            without_rest = Some(if path.is_empty() {
                "/".to_owned()
            } else {
                path.clone()
            });
            path.push_str(&format!("/{{*{name}}}"));
        } else if let Some(inner) = inner {
            match inner.strip_prefix("...") {
                Some(name) => path.push_str(&format!("/{{*{name}}}")),
                None => path.push_str(&format!("/{{{inner}}}")),
            }
        } else {
            path.push('/');
            path.push_str(&folder.replace("%5F", "_"));
        }
    }
    if path.is_empty() {
        path.push('/');
    }
    Some(without_rest.into_iter().chain([path]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_tell_the_paths() {
        let cases: [(&str, &str, FileKind, &[&str]); 14] = [
            ("app/route.ts", "", FileKind::Handler, &["/"]),
            (
                "src/app/api/records/[id]/route.ts",
                "",
                FileKind::Handler,
                &["/api/records/{id}"],
            ),
            (
                "apps/web/src/app/(shop)/cart/page.tsx",
                "apps/web",
                FileKind::Page,
                &["/cart"],
            ),
            (
                "apps/web/app/@modal/login/page.tsx",
                "apps/web",
                FileKind::Page,
                &["/login"],
            ),
            (
                "app/docs/[...slug]/page.tsx",
                "",
                FileKind::Page,
                &["/docs/{*slug}"],
            ),
            (
                "app/shop/[[...slug]]/page.tsx",
                "",
                FileKind::Page,
                &["/shop", "/shop/{*slug}"],
            ),
            (
                "app/[[...slug]]/page.js",
                "",
                FileKind::Page,
                &["/", "/{*slug}"],
            ),
            ("app/%5Fx/page.js", "", FileKind::Page, &["/_x"]),
            ("app/app/page.js", "", FileKind::Page, &["/app"]),
            (
                "pages/api/users/[id].ts",
                "",
                FileKind::OldHandler,
                &["/api/users/{id}"],
            ),
            (
                "src/pages/api/index.ts",
                "",
                FileKind::OldHandler,
                &["/api"],
            ),
            ("pages/index.tsx", "", FileKind::OldPage, &["/"]),
            (
                "pages/blog/[slug].tsx",
                "",
                FileKind::OldPage,
                &["/blog/{slug}"],
            ),
            (
                "pages/api/auth/[...nextauth].ts",
                "",
                FileKind::OldHandler,
                &["/api/auth/{*nextauth}"],
            ),
        ];
        for (file, project, page, paths) in cases {
            let expected = Place {
                project: project.to_owned(),
                page,
                paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            };
            assert_eq!(places(file).first(), Some(&expected), "{file}");
        }
    }

    #[test]
    fn what_is_private_or_intercepts_or_is_no_page_answers_nothing() {
        for file in [
            "app/layout.tsx",
            "app/_lib/route.ts",
            "app/feed/(..)photo/[id]/page.tsx",
            "app/(.)photo/page.tsx",
            "src/lib/page.tsx",
            "pages/_app.tsx",
            "pages/404.tsx",
            "app",
            "app/route",
        ] {
            assert_eq!(places(file), [], "{file}");
        }
    }
}
