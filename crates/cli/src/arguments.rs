//! What stands behind a command.

use crate::Usage;

/// `--name value` or `--name=value`, flags, and what stands beside them; after `--` everything does. Of an option that
/// is given twice the last counts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    values: Vec<(&'static str, String)>,
    flags: Vec<&'static str>,
    rest: Vec<String>,
}

impl Arguments {
    /// Reads arguments, of which these take a value and those do not.
    pub(crate) fn read(given: &[String], with_value: &[&'static str], flags: &[&'static str]) -> Result<Self, Usage> {
        let mut read = Self { values: Vec::new(), flags: Vec::new(), rest: Vec::new() };
        let mut given = given.iter();
        while let Some(argument) = given.next() {
            let (name, joined) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value)),
                _ => (argument.as_str(), None),
            };
            let known = |names: &[&'static str]| names.iter().find(|known| **known == name).copied();
            if argument == "--" {
                read.rest.extend(given.by_ref().cloned());
            } else if let Some(name) = known(with_value) {
                let value = joined.map(str::to_owned).or_else(|| given.next().cloned());
                read.values.push((name, value.ok_or_else(|| Usage(format!("{name} needs a value")))?));
            } else if let Some(name) = known(flags) {
                if joined.is_some() {
                    return Err(Usage(format!("{name} takes no value")));
                }
                read.flags.push(name);
            } else if argument.starts_with('-') && argument != "-" {
                return Err(Usage(format!("there is no option {name} here")));
            } else {
                read.rest.push(argument.clone());
            }
        }
        Ok(read)
    }

    /// The value of an option, if it was given.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.values.iter().rev().find(|(given, _)| *given == name).map(|(_, value)| value.clone())
    }

    /// The value of an option that must be given.
    pub(crate) fn required(&self, name: &str) -> Result<String, Usage> {
        self.value(name).ok_or_else(|| Usage(format!("{name} is missing")))
    }

    /// Whether a flag was given.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.flags.contains(&name)
    }

    /// The one thing beside the options.
    pub(crate) fn only(&self, what: &str) -> Result<String, Usage> {
        match self.rest.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(Usage(format!("{what} is missing"))),
            [_, extra, ..] => Err(Usage(format!("one {what} at a time; what is {extra}?"))),
        }
    }

    /// Refuses whatever stands beside the options.
    pub(crate) fn nothing_else(&self) -> Result<(), Usage> {
        self.rest.first().map_or(Ok(()), |extra| Err(Usage(format!("what is {extra}?"))))
    }
}

/// One of a few names.
pub(crate) fn one_of<T>(
    option: &str,
    given: &str,
    expected: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Usage> {
    parse(given).ok_or_else(|| Usage(format!("{option} is {expected}, not {given}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        let given: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Arguments::read(&given, &["--profile", "-o"], &["--dry-run"]).map_err(|Usage(what)| what)
    }

    #[test]
    fn arguments_come_in_any_order() {
        let expected = |flag: bool| {
            Ok(Arguments {
                values: vec![("--profile", "modern".into())],
                flags: if flag { vec!["--dry-run"] } else { Vec::new() },
                rest: vec!["a.csv".into()],
            })
        };
        for (line, flag) in [
            ("a.csv --profile modern", false),
            ("--profile=modern a.csv --dry-run", true),
            ("--dry-run --profile modern -- a.csv", true),
        ] {
            assert_eq!(read(line), expected(flag), "{line}");
        }
        assert_eq!(read("-- --dry-run").unwrap().only("FILE"), Ok("--dry-run".into()));
        assert_eq!(read("-o - -").unwrap().value("-o"), Some("-".into()));
        assert_eq!(read("--profile a --profile b").unwrap().value("--profile"), Some("b".into()));
    }

    #[test]
    fn what_is_wrong_with_arguments_is_said() {
        for (line, what) in [
            ("a.csv --profile", "--profile needs a value"),
            ("a.csv --fast", "there is no option --fast here"),
            ("a.csv --fast=1", "there is no option --fast here"),
            ("--dry-run=no", "--dry-run takes no value"),
        ] {
            assert_eq!(read(line), Err(what.to_owned()), "{line}");
        }
        for (line, what) in [("", "FILE is missing"), ("a b", "one FILE at a time; what is b?")] {
            assert_eq!(read(line).unwrap().only("FILE"), Err(Usage(what.into())), "{line}");
        }
        assert_eq!(read("x").unwrap().required("--profile"), Err(Usage("--profile is missing".into())));
        assert_eq!(read("x").unwrap().nothing_else(), Err(Usage("what is x?".into())));
    }
}
