//! What the functions' policies grant, against what the API tests made the functions do: a permission that nothing
//! uses is one too many.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{Outcome, at, say};
use crate::target;

/// An action on a resource.
type Access = (String, String);

/// What one function may do, and what it did.
#[derive(Debug, Default, PartialEq, Eq)]
struct Function {
    granted: BTreeSet<Access>,
    used: BTreeSet<Access>,
}

/// Empties the folder where the tests' dev servers write down what they grant and see, and names it.
pub(crate) fn start() -> Outcome<PathBuf> {
    let folder = target().join("policies");
    if folder.exists() {
        at(&folder, fs::remove_dir_all(&folder))?;
    }
    at(&folder, fs::create_dir_all(&folder))?;
    Ok(folder)
}

/// Names every permission that no test used, and writes the table of all of them. Fails when there is one, or when
/// nothing was recorded: a function may do what it does and nothing more.
pub(crate) fn check(log: &Path) -> Outcome<bool> {
    let folder = target().join("policies");
    let mut lines = String::new();
    for entry in at(&folder, fs::read_dir(&folder))? {
        let file = at(&folder, entry)?.path();
        if file.extension().is_some_and(|extension| extension == "tsv") {
            lines += &at(&file, fs::read_to_string(&file))?;
        }
    }
    let functions = read(&lines);
    let table = folder.join("table.md");
    at(&table, fs::write(&table, render(&functions)))?;
    let unused = unused(&functions);
    let granted: usize = functions.values().map(|function| function.granted.len()).sum();
    let mut said = String::new();
    for (function, (action, resource)) in &unused {
        said += &format!("{function} may {action} on {resource} and never did\n");
    }
    at(log, fs::write(log, &said))?;
    let (used, file) = (granted - unused.len(), table.display());
    say(&format!("       {used} of {granted} permissions of {} functions were used: {file}", functions.len()));
    Ok(!functions.is_empty() && unused.is_empty())
}

fn read(lines: &str) -> BTreeMap<String, Function> {
    let mut functions: BTreeMap<String, Function> = BTreeMap::new();
    for line in lines.lines() {
        if let [what, function, action, resource] = line.split('\t').collect::<Vec<_>>().as_slice() {
            let function = functions.entry((*function).to_owned()).or_default();
            let accesses = if *what == "used" { &mut function.used } else { &mut function.granted };
            accesses.insert(((*action).to_owned(), (*resource).to_owned()));
        }
    }
    functions
}

fn unused(functions: &BTreeMap<String, Function>) -> Vec<(&str, &Access)> {
    functions
        .iter()
        .flat_map(|(name, function)| {
            function.granted.difference(&function.used).map(move |access| (name.as_str(), access))
        })
        .collect()
}

fn render(functions: &BTreeMap<String, Function>) -> String {
    let mut text =
        String::from("| function | resource | granted and used | granted, never used |\n| --- | --- | --- | --- |\n");
    for (name, function) in functions {
        let resources: BTreeSet<&str> = function.granted.iter().map(|(_, resource)| resource.as_str()).collect();
        for resource in resources {
            let actions = |used: bool| {
                let of_it = function.granted.iter().filter(|access| access.1 == resource);
                let chosen = of_it.filter(|access| function.used.contains(*access) == used);
                chosen.map(|(action, _)| action.as_str()).collect::<Vec<_>>().join(", ")
            };
            let short = resource.rsplit(':').next().unwrap_or(resource);
            text += &format!("| {name} | {short} | {} | {} |\n", actions(true), actions(false));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_granted_and_never_used_is_named() {
        let lines = "granted\tF\tGetItem\tarn:t\ngranted\tF\tPutItem\tarn:t\nused\tF\tGetItem\tarn:t\ngranted\tG\tQuery\tarn:t\n\
                     used\tG\tQuery\tarn:t\nused\tG\tQuery\tarn:t\n";
        let functions = read(lines);
        let access = ("PutItem".to_owned(), "arn:t".to_owned());
        assert_eq!(unused(&functions), [("F", &access)]);
        let table = render(&functions);
        assert!(table.contains("| F | t | GetItem | PutItem |\n"), "{table}");
        assert!(table.contains("| G | t | Query |  |\n"), "{table}");
    }
}
