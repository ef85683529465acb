package org.jxapi.rpc;

import org.xml.sax.Attributes;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.XMLFilterImpl;

/** Stops at elements nested deeper than any XenAPI value: the parser behind it recurses. */
final class DepthLimit extends XMLFilterImpl {
    private static final int MAX_DEPTH = 128;

    private int depth;

    DepthLimit(ContentHandler handler) {
        setContentHandler(handler);
    }

    @Override
    public void startElement(String uri, String localName, String qName, Attributes attrs) throws SAXException {
        if (++depth > MAX_DEPTH) {
            throw new SAXException("elements nested deeper than " + MAX_DEPTH);
        }
        super.startElement(uri, localName, qName, attrs);
    }

    @Override
    public void endElement(String uri, String localName, String qName) throws SAXException {
        depth--;
        super.endElement(uri, localName, qName);
    }
}
