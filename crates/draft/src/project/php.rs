//! Laravel

use super::part::Part;
use super::{App, Serve, Told, loose};

/// Whether a part is an app of Laravel; a package for it has no `artisan`.
pub(super) fn is_laravel(part: &Part<'_, '_>) -> bool {
    part.needs_any(&["laravel/framework"]).is_some() && part.has("artisan")
}

/// How it is started; what builds its pages is a script of `package.json`.
pub(super) fn complete(part: &Part<'_, '_>, port: u16, app: &mut App) {
    if part.needs_any(&["laravel-vite-plugin"]).is_some() {
        app.output.push("public/build".to_owned());
    }
    let health = part.first(&["bootstrap/app.php"]);
    let health = health.and_then(|(_, text)| loose::text_of(&text, "health"));
    let serve = Serve {
        command: format!("php artisan serve --host=127.0.0.1 --port={port}"),
        port,
        environment: Vec::new(),
        ready: health
            .filter(|path| path.starts_with('/'))
            .unwrap_or_else(|| "/".to_owned()),
    };
    app.serve = Some(Told::new(
        serve,
        &part.path("artisan"),
        "it is an application of Laravel",
    ));
    let routes = part.first(&["routes/web.php"]);
    let mut lines = routes.iter().flat_map(|(_, text)| text.lines());
    let is_home = |line: &str| {
        let line = line.trim_start();
        line.starts_with("Route::") && ["('/',", "(\"/\","].iter().any(|path| line.contains(path))
    };
    app.home = lines.any(is_home).then(|| "/".to_owned());
    let login = ["routes/auth.php", "routes/web.php"]
        .iter()
        .find_map(|name| {
            let (path, text) = part.first(&[name])?;
            let found = [
                "Route::get('login'",
                "Route::get('/login'",
                "Route::get(\"login\"",
            ];
            found
                .iter()
                .any(|route| text.contains(route))
                .then_some(path)
        });
    app.login_page =
        login.map(|path| Told::new("/login".to_owned(), &path, "it has a route login"));
}
