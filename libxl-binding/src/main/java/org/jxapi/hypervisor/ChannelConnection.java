package org.jxapi.hypervisor;

/** PhysicalHost end of a channel, {@code libxl_channel_connection}. */
public enum ChannelConnection {
    UNKNOWN(0),
    PTY(1),
    /** A listening unix socket. */
    SOCKET(2);

    private final int value;

    ChannelConnection(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
