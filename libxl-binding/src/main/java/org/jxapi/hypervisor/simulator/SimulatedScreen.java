package org.jxapi.hypervisor.simulator;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The screen of a simulated HVM guest, black: a server of the RFB protocol 3.8 (RFC 6143) without a password. */
final class SimulatedScreen {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int MAX_TEXT = 1 << 20;

    private SimulatedScreen() {}

    /** Serves one viewer until it goes. */
    static void serve(Socket viewer, String name) throws IOException {
        try (viewer) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(viewer.getInputStream()));
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(viewer.getOutputStream()));
            greet(in, out, name);
            int bytesPerPixel = 4;
            while (true) {
                switch (in.readUnsignedByte()) {
                    case 0 -> {
                        in.skipNBytes(3);
                        bytesPerPixel = Math.max(1, in.readUnsignedByte() / 8);
                        in.skipNBytes(15);
                    }
                    case 2 -> {
                        in.skipNBytes(1);
                        in.skipNBytes(4L * in.readUnsignedShort());
                    }
                    case 3 -> update(in, out, bytesPerPixel);
                    case 4 -> in.skipNBytes(7);
                    case 5 -> in.skipNBytes(5);
                    case 6 -> {
                        in.skipNBytes(3);
                        int length = in.readInt();
                        if (length < 0 || length > MAX_TEXT) {
                            return;
                        }
                        in.skipNBytes(length);
                    }
                    default -> {
                        return;
                    }
                }
            }
        } catch (EOFException e) {
            // The viewer has gone.
        }
    }

    private static void greet(DataInputStream in, DataOutputStream out, String name) throws IOException {
        out.write("RFB 003.008\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        String version = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
        if (version.equals("RFB 003.003\n")) {
            out.writeInt(1);
        } else {
            out.write(new byte[] {1, 1});
            out.flush();
            in.readUnsignedByte();
            if (!version.equals("RFB 003.007\n")) {
                out.writeInt(0);
            }
        }
        out.flush();
        in.readUnsignedByte();
        byte[] title = name.getBytes(StandardCharsets.UTF_8);
        out.writeShort(WIDTH);
        out.writeShort(HEIGHT);
        // 32 bits a pixel, 24 deep, little endian, true colour, 255 each at 16, 8 and 0.
        out.write(new byte[] {32, 24, 0, 1, 0, (byte) 255, 0, (byte) 255, 0, (byte) 255, 16, 8, 0, 0, 0, 0});
        out.writeInt(title.length);
        out.write(title);
        out.flush();
    }

    /** A whole update is black pixels; for an incremental one nothing has changed, and nothing is sent. */
    private static void update(DataInputStream in, DataOutputStream out, int bytesPerPixel) throws IOException {
        boolean incremental = in.readUnsignedByte() != 0;
        int x = in.readUnsignedShort();
        int y = in.readUnsignedShort();
        int width = Math.max(0, Math.min(in.readUnsignedShort(), WIDTH - x));
        int height = Math.max(0, Math.min(in.readUnsignedShort(), HEIGHT - y));
        if (incremental) {
            return;
        }
        out.write(new byte[] {0, 0, 0, 1});
        out.writeShort(x);
        out.writeShort(y);
        out.writeShort(width);
        out.writeShort(height);
        out.writeInt(0);
        byte[] row = new byte[width * bytesPerPixel];
        for (int i = 0; i < height; i++) {
            out.write(row);
        }
        out.flush();
    }
}
