//! Automata over digits that read finitely far: nodes, shared as soon as they are made, so that every automaton is
//! minimal and all of them are one.
//!
//! A node has a label, which is the answer if the number ends there, and a node for each digit. A *sink* stays what it
//! is whatever follows; sink 0 is the one where nothing matches.

use std::collections::HashMap;

use crate::pattern::Pattern;

/// A node, and with it the automaton that begins there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node(pub(crate) u32);

/// What is known of a group that was captured: from, to.
pub type Captures = [Option<(u8, u8)>; 3];

/// All nodes.
#[derive(Debug, Default)]
pub struct Dag {
    nodes: Vec<(u8, [Node; 10])>,
    known: HashMap<(u8, [Node; 10]), Node>,
    sinks: HashMap<u8, Node>,
    combined: HashMap<(Operation, Node, Node), Node>,
}

/// How the answers of two automata become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// The first, or else the second.
    First,
    /// The first where the second has an answer.
    Both,
}

impl Operation {
    fn of(self, a: u8, b: u8) -> u8 {
        match self {
            Self::First => {
                if a == 0 {
                    b
                } else {
                    a
                }
            }
            Self::Both => {
                if b == 0 {
                    0
                } else {
                    a
                }
            }
        }
    }
}

impl Dag {
    /// The node that answers this whatever follows.
    pub fn sink(&mut self, label: u8) -> Node {
        if let Some(node) = self.sinks.get(&label) {
            return *node;
        }
        let node = self.next();
        self.nodes.push((label, [node; 10]));
        self.sinks.insert(label, node);
        node
    }

    /// The node with these answers.
    pub fn node(&mut self, label: u8, next: [Node; 10]) -> Node {
        let sink = self.sink(label);
        if next == [sink; 10] {
            return sink;
        }
        if let Some(node) = self.known.get(&(label, next)) {
            return *node;
        }
        let node = self.next();
        self.nodes.push((label, next));
        self.known.insert((label, next), node);
        node
    }

    fn next(&self) -> Node {
        Node(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX))
    }

    /// The answer if the number ends here.
    #[must_use]
    pub fn label(&self, node: Node) -> u8 {
        self.nodes[node.0 as usize].0
    }

    /// Where each digit leads.
    #[must_use]
    pub fn children(&self, node: Node) -> [Node; 10] {
        self.nodes[node.0 as usize].1
    }

    /// Whether nothing that follows makes a difference.
    #[must_use]
    pub fn is_sink(&self, node: Node) -> bool {
        self.children(node) == [node; 10]
    }

    /// Answers this if the number ends here, and nothing otherwise.
    pub fn end(&mut self, label: u8) -> Node {
        let nothing = self.sink(0);
        self.node(label, [nothing; 10])
    }

    /// Reads a digit of a set.
    fn digit(&mut self, set: u16, then: Node) -> Node {
        let nothing = self.sink(0);
        let next = std::array::from_fn(|digit| if set >> digit & 1 == 1 { then } else { nothing });
        self.node(0, next)
    }

    /// Two automata run side by side.
    pub fn combine(&mut self, operation: Operation, a: Node, b: Node) -> Node {
        if a == b {
            return a;
        }
        if let Some(known) = self.combined.get(&(operation, a, b)) {
            return *known;
        }
        let label = operation.of(self.label(a), self.label(b));
        let combined = if self.is_sink(a) && self.is_sink(b) {
            self.sink(label)
        } else {
            let (left, right) = (self.children(a), self.children(b));
            let mut next = left;
            for digit in 0..10 {
                next[digit] = self.combine(operation, left[digit], right[digit]);
            }
            self.node(label, next)
        };
        self.combined.insert((operation, a, b), combined);
        combined
    }

    /// The same with other answers; nothing remains nothing.
    pub fn relabel(&mut self, node: Node, to: &dyn Fn(u8) -> u8) -> Node {
        fn go(dag: &mut Dag, node: Node, to: &dyn Fn(u8) -> u8, seen: &mut HashMap<Node, Node>) -> Node {
            if let Some(known) = seen.get(&node) {
                return *known;
            }
            let label = match dag.label(node) {
                0 => 0,
                label => to(label),
            };
            let relabelled = if dag.is_sink(node) {
                dag.sink(label)
            } else {
                let mut next = dag.children(node);
                for child in &mut next {
                    *child = go(dag, *child, to, seen);
                }
                dag.node(label, next)
            };
            seen.insert(node, relabelled);
            relabelled
        }
        go(self, node, to, &mut HashMap::new())
    }

    /// Numbers of these lengths (bit n: n digits).
    pub fn lengths(&mut self, mask: u32) -> Node {
        let mut node = self.sink(0);
        for length in (0..32).rev() {
            node = self.node(u8::from(mask >> length & 1 == 1), [node; 10]);
        }
        node
    }

    /// Reads what the pattern matches, then what `then` reads. As languages: which way it was matched is forgotten.
    pub fn language(&mut self, pattern: &Pattern, then: Node) -> Node {
        match pattern {
            Pattern::Digit(set) => self.digit(*set, then),
            Pattern::Sequence(parts) => parts.iter().rev().fold(then, |then, part| self.language(part, then)),
            Pattern::Alternatives(parts) => {
                let nothing = self.sink(0);
                parts.iter().fold(nothing, |sum, part| {
                    let part = self.language(part, then);
                    self.combine(Operation::First, sum, part)
                })
            }
            Pattern::Repeat(part, min, max) => {
                let mut node = then;
                for _ in *min..*max {
                    let once = self.language(part, node);
                    node = self.combine(Operation::First, once, then);
                }
                for _ in 0..*min {
                    node = self.language(part, node);
                }
                node
            }
            Pattern::Group(_, part) => self.language(part, then),
            Pattern::End => {
                let label = self.label(then);
                self.end(label)
            }
        }
    }

    /// The answers of a pattern at the start of a number, as a backtracking matcher finds them: the first way that leads
    /// to a match. `then` makes an answer of where the match ends and what was captured.
    pub fn ways(
        &mut self,
        pattern: &Pattern,
        at: u8,
        captures: Captures,
        then: &dyn Fn(&mut Self, u8, Captures) -> Node,
    ) -> Node {
        match pattern {
            Pattern::Digit(set) => {
                let next = then(self, at + 1, captures);
                self.digit(*set, next)
            }
            Pattern::Sequence(parts) => self.sequence(parts, at, captures, then),
            Pattern::Alternatives(parts) => {
                let nothing = self.sink(0);
                parts.iter().fold(nothing, |first, part| {
                    let way = self.ways(part, at, captures, then);
                    self.combine(Operation::First, first, way)
                })
            }
            Pattern::Repeat(_, _, 0) => then(self, at, captures),
            Pattern::Repeat(part, min, max) => {
                let rest = Pattern::Repeat(part.clone(), min.saturating_sub(1), max - 1);
                let once = self.ways(part, at, captures, &|dag, at, captures| dag.ways(&rest, at, captures, then));
                if *min > 0 {
                    return once;
                }
                let without = then(self, at, captures);
                self.combine(Operation::First, once, without)
            }
            Pattern::Group(number, part) => self.ways(part, at, captures, &|dag, end, mut captures| {
                captures[usize::from(*number)] = Some((at, end));
                then(dag, end, captures)
            }),
            Pattern::End => {
                let next = then(self, at, captures);
                let label = self.label(next);
                self.end(label)
            }
        }
    }

    fn sequence(
        &mut self,
        parts: &[Pattern],
        at: u8,
        captures: Captures,
        then: &dyn Fn(&mut Self, u8, Captures) -> Node,
    ) -> Node {
        match parts {
            [] => then(self, at, captures),
            [first, rest @ ..] => {
                self.ways(first, at, captures, &|dag, at, captures| dag.sequence(rest, at, captures, then))
            }
        }
    }

    /// The answer for a number.
    #[must_use]
    pub fn answer(&self, from: Node, number: &str) -> u8 {
        let end = number.bytes().fold(from, |node, byte| self.children(node)[usize::from(byte - b'0')]);
        self.label(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_hold_what_patterns_match() {
        for (pattern, inside, outside) in [
            (r"[2-4]\d", vec!["20", "49"], vec!["2", "50", "200"]),
            ("1(?:2|34)?", vec!["1", "12", "134"], vec!["13", "1234", ""]),
            ("(?:12){1,2}", vec!["12", "1212"], vec!["121", "121212"]),
        ] {
            let mut dag = Dag::default();
            let end = dag.end(1);
            let node = dag.language(&Pattern::wrapped(&format!("^(?:{pattern})$")).unwrap(), end);
            inside.iter().for_each(|number| assert_eq!(dag.answer(node, number), 1, "{pattern} {number}"));
            outside.iter().for_each(|number| assert_eq!(dag.answer(node, number), 0, "{pattern} {number}"));
        }
    }

    #[test]
    fn ways_are_those_of_a_backtracking_matcher() {
        for (pattern, number, end) in [
            ("0|00", "001", 1),
            ("00|0", "001", 2),
            ("0?1?", "2", 100),
            (r"(\d{3})$|1", "123", 3),
            (r"(\d{3})$|1", "1234", 1),
            (r"9\d{1,2}", "9111", 3),
        ] {
            let mut dag = Dag::default();
            let node =
                dag.ways(&Pattern::wrapped(&format!("^(?:{pattern})$")).unwrap(), 0, [None; 3], &|dag, at, _| {
                    dag.sink(if at == 0 { 100 } else { at })
                });
            assert_eq!(dag.answer(node, number), end, "{pattern} on {number}");
        }
    }

    #[test]
    fn equal_automata_are_one() {
        let mut dag = Dag::default();
        let end = dag.end(1);
        let [a, b] = [r"1(?:2\d|3\d)", r"1[23]\d"]
            .map(|pattern| dag.language(&Pattern::wrapped(&format!("^(?:{pattern})$")).unwrap(), end));
        assert_eq!(a, b);
        let lengths = dag.lengths(1 << 3);
        assert_eq!(dag.combine(Operation::Both, a, lengths), a);
    }
}
