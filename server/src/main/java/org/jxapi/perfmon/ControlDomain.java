package org.jxapi.perfmon;

/** The usages of the control domain that perfmon knows, as fractions; NaN for an unknown one. */
public interface ControlDomain {
    /** A control domain about which nothing is known. */
    ControlDomain UNKNOWN = new ControlDomain() {
        @Override
        public double fileSystemUsage() {
            return Double.NaN;
        }

        @Override
        public double logFileSystemUsage() {
            return Double.NaN;
        }

        @Override
        public double memoryUsage() {
            return Double.NaN;
        }
    };

    /** The used part of the file system of {@code /}. */
    double fileSystemUsage();

    /** The used part of the file system of {@code /var/log}; NaN when it is the same file system. */
    double logFileSystemUsage();

    /** The memory and swap that programs need, divided by the memory: more than 1 when they need more than there is. */
    double memoryUsage();
}
