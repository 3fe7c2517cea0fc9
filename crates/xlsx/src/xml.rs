//! XML as workbooks have it, event by event.

use std::borrow::Cow;

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesEnd, BytesStart, Event},
};

use crate::{Refused, zip::Part};

/// No workbook has that many elements within another.
const DEPTH: u32 = 100;

/// An event.
pub(crate) enum Node<'a> {
    /// An element begins.
    Start(Element<'a>),
    /// An element ends.
    End(Name<'a>),
    Text(Cow<'a, str>),
    /// A comment and the like.
    Other,
    /// The document is over, and all elements with it.
    Over,
}

/// The name of an element that ends.
pub(crate) struct Name<'a>(BytesEnd<'a>);

impl Name<'_> {
    /// The name without a prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }
}

/// An element with its attributes.
pub(crate) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// The name without a prefix: some programs give every name one.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Gives each attribute's name and value.
    pub(crate) fn attributes(&self, mut each: impl FnMut(&str, &str)) -> Result<(), Refused> {
        for attribute in self.0.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Refused::Damaged)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Refused::Damaged)?;
            each(attribute.key.as_ref(), &value);
        }
        Ok(())
    }
}

/// A part that is read as XML.
pub(crate) struct Xml<'a> {
    reader: Reader<Part<'a>>,
    buffer: Vec<u8>,
    /// How many elements are open.
    depth: u32,
    /// There was an element.
    begun: bool,
}

impl<'a> Xml<'a> {
    pub(crate) fn new(part: Part<'a>) -> Self {
        let mut reader = Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0, begun: false }
    }

    /// Reads on. What the part itself finds wrong is damage as bad XML is.
    pub(crate) fn next(&mut self) -> Result<Node<'_>, Refused> {
        self.buffer.clear();
        self.reader.get_mut().event()?;
        match self.reader.read_event_into(&mut self.buffer).map_err(|_| Refused::Damaged)? {
            Event::Start(element) => {
                self.depth += 1;
                self.begun = true;
                if self.depth > DEPTH {
                    return Err(Refused::Damaged);
                }
                Ok(Node::Start(Element(element)))
            }
            Event::End(element) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Node::End(Name(element)))
            }
            Event::Text(text) => Ok(Node::Text(text.xml10_content())),
            Event::CData(text) => Ok(Node::Text(text.xml10_content())),
            Event::GeneralRef(reference) => {
                if let Some(c) = reference.resolve_char_ref().map_err(|_| Refused::Damaged)? {
                    return Ok(Node::Text(String::from(c).into()));
                }
                resolve_predefined_entity(&reference).map(|text| Node::Text(text.into())).ok_or(Refused::Damaged)
            }
            // Excel writes none, and entities are good for nothing but harm.
            Event::DocType(_) => Err(Refused::Damaged),
            Event::Eof if self.depth > 0 || !self.begun => Err(Refused::Damaged),
            Event::Eof => Ok(Node::Over),
            Event::Empty(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => Ok(Node::Other),
        }
    }
}
