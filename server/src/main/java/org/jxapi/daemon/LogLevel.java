package org.jxapi.daemon;

/** Debug adds each call, and all that libxl says of its work. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
}
