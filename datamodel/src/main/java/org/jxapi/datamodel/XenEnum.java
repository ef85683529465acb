package org.jxapi.datamodel;

/** A value of one of the XenAPI's enumerations. */
public interface XenEnum {
    /** The value's name on the wire. */
    String wire();
}
