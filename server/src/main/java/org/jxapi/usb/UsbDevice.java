package org.jxapi.usb;

import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.PUSB;

/**
 * A USB device of a host that VMs may have.
 *
 * @param path its port, such as {@code 1-2} or {@code 4-1.2}
 * @param bus number of its bus
 * @param address its number on the bus, which is another one each time that it is plugged in
 * @param vendorId four hexadecimal digits
 * @param vendorDesc name of the vendor, or empty
 * @param productId four hexadecimal digits
 * @param productDesc name of the product, or empty
 * @param serial serial number, or empty
 * @param version of USB, such as {@code 2.00}
 * @param speed Mbit/s; negative when it is not known
 */
public record UsbDevice(
        String path,
        int bus,
        int address,
        String vendorId,
        String vendorDesc,
        String productId,
        String productDesc,
        String serial,
        String version,
        double speed) {

    /** Whether a record is of this device, as XAPI compares them. */
    boolean isOf(Row<PUSB> row) {
        return row.get(PUSB.PATH).equals(path)
                && row.get(PUSB.VENDOR_ID).equals(vendorId)
                && row.get(PUSB.PRODUCT_ID).equals(productId)
                && row.get(PUSB.SERIAL).equals(serial);
    }

    /** Vendor, product and serial number, joined by underscores. */
    String description() {
        StringBuilder text = new StringBuilder(vendorDesc);
        for (String part : new String[] {productDesc, serial}) {
            if (!part.isEmpty()) {
                text.append('_').append(part);
            }
        }
        return text.toString();
    }

    /** The fields of its record; the references are missing. */
    Row<PUSB> row() {
        return Row.of(PUSB.XEN_CLASS)
                .with(PUSB.PATH, path)
                .with(PUSB.VENDOR_ID, vendorId)
                .with(PUSB.VENDOR_DESC, vendorDesc)
                .with(PUSB.PRODUCT_ID, productId)
                .with(PUSB.PRODUCT_DESC, productDesc)
                .with(PUSB.SERIAL, serial)
                .with(PUSB.VERSION, version)
                .with(PUSB.DESCRIPTION, description())
                .with(PUSB.SPEED, speed);
    }
}
