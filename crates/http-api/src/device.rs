//! What a browser calls itself, short enough to recognise one's own sessions by: `Firefox on Linux`.

/// Most characters of a name.
const LIMIT: usize = 80;

/// Browsers by what their `User-Agent` has; the first that fits, as most of them claim to be others too.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
/// Systems, in the same way.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The name of a browser and its system, of at most 80 characters. What is not known is named by the first word that
/// it says of itself.
#[must_use]
pub(crate) fn device(user_agent: &str) -> Option<String> {
    let known = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| (*name).to_owned())
    };
    let first = || {
        let word = user_agent.split(['/', ' ', '(']).next()?;
        let plain = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
        let word: String = word.chars().filter(plain).take(LIMIT).collect();
        (!word.is_empty()).then_some(word)
    };
    match (known(&BROWSERS).or_else(first), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser} on {system}").chars().take(LIMIT).collect()),
        (browser, _) => browser,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_row_by_row() {
        let long = format!("{} (X11; Linux x86_64)", "x".repeat(300));
        let longest = "x".repeat(80);
        for (user_agent, wanted) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", Some("Firefox on Linux")),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 \
                 Safari/605.1.15",
                Some("Safari on macOS"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
                 Safari/537.36 Edg/141.0.0.0",
                Some("Edge on Windows"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile \
                 Safari/537.36",
                Some("Chrome on Android"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 CriOS/141.0 Mobile/15E148 Safari/604.1",
                Some("Chrome on iPhone"),
            ),
            ("curl/8.5.0", Some("curl")),
            ("Nightly-Import/1.2 (+https://example.org)", Some("Nightly-Import")),
            ("<script>alert(1)</script>", Some("scriptalert")),
            ("", None),
            ("  ", None),
            (&long, Some(longest.as_str())),
        ] {
            assert_eq!(device(user_agent).as_deref(), wanted, "{user_agent}");
        }
    }
}
