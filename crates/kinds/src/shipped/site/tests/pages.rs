//! What is read in the pages of a site.

use super::super::html::{Link, read};
use super::*;

fn links(text: &str) -> Vec<(String, FetchedKind)> {
    let links = read(text).links.into_iter();
    links
        .map(|Link { address, kind }| (address, kind))
        .collect()
}

#[test]
fn addresses_are_found_however_they_are_written() {
    for text in [
        "<script src=\"/a.js?x=1&amp;y=2\"></script>",
        "<SCRIPT\n  async SRC = '/a.js?x=1&amp;y=2' >",
        "<script/src=/a.js?x=1&amp;y=2>",
        "<!-- <script src=/b.js> --><p title='<script src=/c.js>'><script src=\" /a.js?x=1&y=2 \"",
        "<title><script src=/b.js></title><script src=/a.js?x=1&#38;y=2></script>",
        "a < b <3 <?x <script src=/b.js> ?><script src=/a.js?x=1&y=2>",
    ] {
        let expected = ("/a.js?x=1&y=2".to_owned(), FetchedKind::Script);
        assert_eq!(links(text).last(), Some(&expected), "{text}");
    }
}

#[test]
fn what_a_script_or_a_comment_holds_is_no_markup() {
    let text = "<script>x = '<a href=/x>'</script><!-- <a href=/y> --><style><a href=/z></style>";
    assert_eq!(links(text), []);
}

#[test]
fn links_say_what_they_load() {
    let text = "<link rel='preload' as=script href=/a.js><link rel=preload as=style href=/b.css>
        <link rel='PRELOAD' as=font href=/c.woff2><link rel=canonical href=/d><link rel=manifest href=/e>";
    let expected = [
        ("/a.js", FetchedKind::Script),
        ("/b.css", FetchedKind::Style),
        ("/e", FetchedKind::Other),
    ];
    assert_eq!(
        links(text),
        expected.map(|(address, kind)| (address.to_owned(), kind))
    );
}

#[test]
fn a_page_of_nothing_but_openings_is_read_in_one_go() {
    for part in [
        "<",
        "<!--",
        "<a ",
        "<script>",
        "</",
        "<a href=\"",
        "<title></titl",
    ] {
        read(&part.repeat(200_000));
    }
}
