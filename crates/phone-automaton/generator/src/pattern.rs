//! The regular expressions of the metadata: digits, `\d`, classes, groups, alternatives, counted repetition and `$`.
//! Anything else is refused, so that nothing can be understood in another way than libphonenumber's.

use crate::Failure;

/// A pattern, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// One digit of a set (bit 0: the digit 0).
    Digit(u16),
    /// One after the other.
    Sequence(Vec<Pattern>),
    /// The first that leads to a match.
    Alternatives(Vec<Pattern>),
    /// At least, at most; as often as possible.
    Repeat(Box<Pattern>, u8, u8),
    /// A group that is captured, numbered from 1.
    Group(u8, Box<Pattern>),
    /// The end of the number.
    End,
}

const ALL: u16 = 0x3ff;

impl Pattern {
    /// Reads a pattern that the metadata wraps in `^(?:` and `)$`.
    ///
    /// # Errors
    /// Anything that the metadata has not had so far.
    pub fn wrapped(text: &str) -> Result<Self, Failure> {
        let inner = text.strip_prefix("^(?:").and_then(|text| text.strip_suffix(")$"));
        // What is shorter is treated as the empty pattern by rlibphonenumber: better to know when it comes.
        Self::parse(inner.filter(|inner| !inner.is_empty()).ok_or_else(|| Failure::Pattern(text.to_owned()))?)
    }

    fn parse(text: &str) -> Result<Self, Failure> {
        let mut parser = Parser { rest: text.as_bytes(), groups: 0 };
        let pattern = parser.alternatives().filter(|_| parser.rest.is_empty());
        pattern.ok_or_else(|| Failure::Pattern(text.to_owned()))
    }
}

struct Parser<'a> {
    rest: &'a [u8],
    groups: u8,
}

impl Parser<'_> {
    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text.as_bytes());
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn digit(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first().filter(|(first, _)| first.is_ascii_digit())?;
        self.rest = rest;
        Some(first - b'0')
    }

    fn alternatives(&mut self) -> Option<Pattern> {
        let mut alternatives = vec![self.sequence()?];
        while self.eat("|") {
            alternatives.push(self.sequence()?);
        }
        if alternatives.len() == 1 { alternatives.pop() } else { Some(Pattern::Alternatives(alternatives)) }
    }

    fn sequence(&mut self) -> Option<Pattern> {
        let mut sequence = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with(b"|") && !self.rest.starts_with(b")") {
            let one = self.one()?;
            sequence.push(self.repeated(one)?);
        }
        if sequence.len() == 1 { sequence.pop() } else { Some(Pattern::Sequence(sequence)) }
    }

    fn one(&mut self) -> Option<Pattern> {
        if let Some(digit) = self.digit() {
            return Some(Pattern::Digit(1 << digit));
        }
        if self.eat(r"\d") {
            return Some(Pattern::Digit(ALL));
        }
        if self.eat("$") {
            return Some(Pattern::End);
        }
        if self.eat("[") {
            let mut set = 0;
            while !self.eat("]") {
                if self.eat(r"\d") {
                    set |= ALL;
                    continue;
                }
                let from = self.digit()?;
                let to = if self.eat("-") { self.digit()? } else { from };
                (from..=to).for_each(|digit| set |= 1 << digit);
            }
            return Some(Pattern::Digit(set));
        }
        if self.eat("(?:") {
            let inner = self.alternatives()?;
            return self.eat(")").then_some(inner);
        }
        if self.eat("(") {
            self.groups += 1;
            let number = self.groups;
            let inner = self.alternatives()?;
            return self.eat(")").then(|| Pattern::Group(number, Box::new(inner)));
        }
        None
    }

    fn repeated(&mut self, one: Pattern) -> Option<Pattern> {
        let repeated = if self.eat("?") {
            Pattern::Repeat(Box::new(one), 0, 1)
        } else if self.eat("{") {
            let min = self.number()?;
            let max = if self.eat(",") { self.number()? } else { min };
            self.eat("}").then_some(Pattern::Repeat(Box::new(one), min, max))?
        } else {
            return Some(one);
        };
        // A second operator would make it lazy or possessive.
        (!self.rest.starts_with(b"?") && !self.rest.starts_with(b"{")).then_some(repeated)
    }

    fn number(&mut self) -> Option<u8> {
        let mut number = self.digit()?;
        while let Some(digit) = self.digit() {
            number = number.checked_mul(10)?.checked_add(digit)?;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_taken_apart() {
        let digit = |digit: u8| Pattern::Digit(1 << digit);
        for (name, text, expected) in [
            ("digits", "12", Some(Pattern::Sequence(vec![digit(1), digit(2)]))),
            ("class", "[1-35]", Some(Pattern::Digit(0b10_1110))),
            ("any", r"\d{2,11}", Some(Pattern::Repeat(Box::new(Pattern::Digit(ALL)), 2, 11))),
            ("alternatives", "1|", Some(Pattern::Alternatives(vec![digit(1), Pattern::Sequence(vec![])]))),
            (
                "group and end",
                "(1)$",
                Some(Pattern::Sequence(vec![Pattern::Group(1, Box::new(digit(1))), Pattern::End])),
            ),
            ("unbounded", "1+", None),
            ("lazy", "1??", None),
            ("open", "(1", None),
            ("look-ahead", "(?!1)2", None),
        ] {
            assert_eq!(Pattern::wrapped(&format!("^(?:{text})$")).ok(), expected, "{name}");
        }
        assert!(Pattern::wrapped("^(?:)$").is_err() && Pattern::wrapped("1").is_err());
    }
}
