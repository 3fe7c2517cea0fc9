//! JSON that is read: profiles, mappings and lists of names. What serde_json takes is taken and what it refuses is
//! refused, which the tests hold against it; in the browser that crate would be a third of the code.

/// Deepest nesting.
const DEPTH: u32 = 127;

/// A JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(u64),
    /// A number with a sign, a fraction or an exponent, or too large: nothing that is asked for.
    OtherNumber,
    Text(String),
    List(Vec<Json>),
    /// Members as they come. One may come twice.
    Object(Vec<(String, Json)>),
}

/// Why something was not read, for people.
pub(crate) type Why = String;

/// Reads a document, which is all there is in the text.
pub(crate) fn parse(text: &str) -> Result<Json, Why> {
    let mut parser = Parser { text, at: 0 };
    let json = parser.value(DEPTH);
    parser.blanks();
    match json {
        Some(json) if parser.at == text.len() => Ok(json),
        _ => {
            let before = &text.as_bytes()[..parser.at.min(text.len())];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
            let mut why = Why::from("no JSON at line ");
            super::number(&mut why, u64::try_from(line).unwrap_or_default());
            why.push_str(" column ");
            super::number(&mut why, u64::try_from(column).unwrap_or_default());
            Err(why)
        }
    }
}

/// Reads a list of texts.
pub(crate) fn names(text: &str) -> Option<Vec<String>> {
    Vec::read(parse(text).ok()?).ok()
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, json: Json) -> Option<Json> {
        let is = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += if is { word.len() } else { 0 };
        is.then_some(json)
    }

    fn value(&mut self, depth: u32) -> Option<Json> {
        self.blanks();
        match self.peek()? {
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => {
                let mut items = Vec::new();
                self.items(depth, b']', |parser, depth| {
                    items.push(parser.value(depth)?);
                    Some(())
                })?;
                Some(Json::List(items))
            }
            b'{' => {
                let mut members = Vec::new();
                self.items(depth, b'}', |parser, depth| {
                    parser.blanks();
                    let name = parser.string()?;
                    parser.blanks();
                    if !parser.takes(b':') {
                        return None;
                    }
                    members.push((name, parser.value(depth)?));
                    Some(())
                })?;
                Some(Json::Object(members))
            }
            _ => self.number(),
        }
    }

    /// What stands between brackets, with commas in between.
    fn items(&mut self, depth: u32, end: u8, mut item: impl FnMut(&mut Self, u32) -> Option<()>) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.at += 1;
        self.blanks();
        if self.takes(end) {
            return Some(());
        }
        loop {
            item(self, depth)?;
            self.blanks();
            if self.takes(end) {
                return Some(());
            }
            if !self.takes(b',') {
                return None;
            }
        }
    }

    fn digits(&mut self) -> Option<&str> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        (self.at > start).then(|| &self.text[start..self.at])
    }

    fn number(&mut self) -> Option<Json> {
        let mut plain = !self.takes(b'-');
        let digits = self.digits()?;
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        let number = digits
            .bytes()
            .try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
        if self.takes(b'.') {
            plain = false;
            self.digits()?;
        }
        if self.takes(b'e') || self.takes(b'E') {
            plain = false;
            let _ = self.takes(b'+') || self.takes(b'-');
            self.digits()?;
        }
        Some(number.filter(|_| plain).map_or(Json::OtherNumber, Json::Number))
    }

    fn string(&mut self) -> Option<String> {
        if !self.takes(b'"') {
            return None;
        }
        let mut string = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..0x20) {
                self.at += 1;
            }
            string.push_str(&self.text[start..self.at]);
            self.at += 1;
            match self.text.as_bytes()[self.at - 1] {
                b'"' => return Some(string),
                b'\\' => string.push(self.escaped()?),
                _ => {
                    self.at -= 1;
                    return None;
                }
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let escape = self.peek()?;
        self.at += 1;
        Some(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                if !(0xd800..0xdc00).contains(&unit) {
                    return char::from_u32(unit);
                }
                // A pair of surrogates is one character, and half of one is none.
                let low = if self.takes(b'\\') && self.takes(b'u') { self.unit()? } else { 0 };
                let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                return char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low);
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
        let unit = digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?));
        self.at += 4;
        unit
    }
}

/// What is read of JSON.
pub(crate) trait Read: Sized {
    fn read(json: Json) -> Result<Self, Why>;

    /// What a member is that is not there.
    fn missing() -> Option<Self> {
        None
    }
}

pub(crate) fn expected<T>(what: &str) -> Result<T, Why> {
    Err(["expected ", what].concat())
}

impl Read for String {
    fn read(json: Json) -> Result<Self, Why> {
        if let Json::Text(text) = json { Ok(text) } else { expected("a text") }
    }
}

impl Read for bool {
    fn read(json: Json) -> Result<Self, Why> {
        if let Json::Bool(value) = json { Ok(value) } else { expected("true or false") }
    }
}

impl Read for u64 {
    fn read(json: Json) -> Result<Self, Why> {
        if let Json::Number(number) = json { Ok(number) } else { expected("a whole number") }
    }
}

impl Read for u32 {
    fn read(json: Json) -> Result<Self, Why> {
        Self::try_from(u64::read(json)?).or_else(|_| expected("a smaller number"))
    }
}

impl Read for usize {
    fn read(json: Json) -> Result<Self, Why> {
        Self::try_from(u64::read(json)?).or_else(|_| expected("a smaller number"))
    }
}

impl<T: Read> Read for Option<T> {
    fn read(json: Json) -> Result<Self, Why> {
        if json == Json::Null { Ok(None) } else { T::read(json).map(Some) }
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: Json) -> Result<Self, Why> {
        if let Json::List(items) = json { items.into_iter().map(T::read).collect() } else { expected("a list") }
    }
}

/// The members of an object, taken one after the other.
pub(crate) struct Members(Vec<(String, Json)>);

impl Members {
    pub(crate) fn of(json: Json) -> Result<Self, Why> {
        if let Json::Object(members) = json { Ok(Self(members)) } else { expected("an object") }
    }

    /// Whether one comes twice.
    pub(crate) fn repeat(&self) -> bool {
        self.0.iter().enumerate().any(|(at, (name, _))| self.0[..at].iter().any(|(other, _)| other == name))
    }

    /// Of members of one name the last.
    pub(crate) fn take(&mut self, name: &str) -> Option<Json> {
        let mut taken = None;
        while let Some(at) = self.0.iter().position(|(other, _)| other == name) {
            taken = Some(self.0.remove(at).1);
        }
        taken
    }

    /// A member that must be there.
    pub(crate) fn read<T: Read>(&mut self, name: &str) -> Result<T, Why> {
        let why = |why: &str| [name, ": ", why].concat();
        match self.take(name) {
            Some(json) => T::read(json).map_err(|reason| why(&reason)),
            None => T::missing().ok_or_else(|| why("missing")),
        }
    }

    /// A member that has a value of its own where it is not there.
    pub(crate) fn read_or_default<T: Read + Default>(&mut self, name: &str) -> Result<T, Why> {
        match self.take(name) {
            Some(json) => T::read(json).map_err(|reason| [name, ": ", &reason].concat()),
            None => Ok(T::default()),
        }
    }

    /// Nothing else may be there.
    pub(crate) fn finish(self) -> Result<(), Why> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err([name, ": unknown"].concat()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As serde_json would have read it.
    fn as_serde(json: Json) -> serde_json::Value {
        match json {
            Json::Null => serde_json::Value::Null,
            Json::Bool(value) => value.into(),
            Json::Number(number) => number.into(),
            Json::OtherNumber => "a number".into(),
            Json::Text(text) => text.into(),
            Json::List(items) => items.into_iter().map(as_serde).collect::<Vec<_>>().into(),
            Json::Object(members) => {
                serde_json::Value::Object(members.into_iter().map(|(name, json)| (name, as_serde(json))).collect())
            }
        }
    }

    fn numbers_shown(json: serde_json::Value) -> serde_json::Value {
        match json {
            serde_json::Value::Number(number) if number.as_u64().is_none() => "a number".into(),
            serde_json::Value::Array(items) => items.into_iter().map(numbers_shown).collect::<Vec<_>>().into(),
            serde_json::Value::Object(members) => {
                serde_json::Value::Object(members.into_iter().map(|(name, json)| (name, numbers_shown(json))).collect())
            }
            json => json,
        }
    }

    /// Whether and as what a text is read, here and by serde_json.
    fn check(text: &str) {
        let expected = serde_json::from_str::<serde_json::Value>(text);
        // A number that no float is near is no number there, and one that is too large here.
        if expected.as_ref().is_err_and(|error| error.to_string().starts_with("number out of range")) {
            return;
        }
        assert_eq!(parse(text).ok().map(as_serde), expected.ok().map(numbers_shown), "{text:?}");
        assert_eq!(names(text), serde_json::from_str::<Vec<String>>(text).ok(), "{text:?}");
    }

    #[test]
    fn documents_are_read_as_serde_json_reads_them() {
        for text in [
            "",
            " ",
            "null",
            "nul",
            "true false",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\":1,}",
            "{\"a\" :\t1 }",
            "{a:1}",
            "{\"a\":1,\"a\":2}",
            "0",
            "-0",
            "00",
            "01",
            "1.",
            ".5",
            "1.5",
            "1e2",
            "1e",
            "1e+",
            "1E-3",
            "-",
            "--1",
            "+1",
            "18446744073709551615",
            "18446744073709551616",
            "-1",
            "0x1",
            "1_0",
            "\"\\u0041\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\\ud83d\\ud83d\"",
            "\"\\ud83dx\"",
            "\"\\u00\"",
            "\"\\u+041\"",
            "\"\\x\"",
            "\"\\",
            "\"a",
            "\"a\nb\"",
            "\"a\u{7f}\u{2028}\"",
            "\"\\/\\b\\f\\n\\r\\t\\\"\\\\\"",
            "\u{feff}1",
            "\u{a0}1",
            "[]x",
            "[\"a\",null]",
            "[\"a\",\"b\"]",
            "{\"\":[{}]}",
            "'a'",
            "NaN",
            "\"\u{e9}\\u00e9\u{1f600}\"",
        ] {
            check(text);
        }
        for depth in [1, 126, 127, 128, 129, 5000] {
            check(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
            check(&"[".repeat(depth));
            check(&format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)));
        }
    }

    fn json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            "-?[0-9]{1,3}(\\.[0-9]{1,2})?([eE][+-]?[0-9]{1,2})?",
            any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
            "\"[ -~]{0,6}\"",
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(" , "))),
                proptest::collection::vec(("[ab]{0,2}", inner), 0..4).prop_map(|members| {
                    let members: Vec<String> =
                        members.iter().map(|(name, json)| format!("\"{name}\" : {json}")).collect();
                    format!("{{{}}}", members.join(","))
                }),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn any_document_is_read_as_serde_json_reads_it(text in json(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}\",:0-9a-f\\\\ ue.+-]?") {
            check(&text);
            // And what is no document any more.
            let chars: Vec<char> = text.chars().collect();
            let at = at.index(chars.len());
            let broken: String = chars[..at].iter().copied().chain(with.chars()).chain(chars[at + 1..].iter().copied()).collect();
            check(&broken);
        }
    }
}
