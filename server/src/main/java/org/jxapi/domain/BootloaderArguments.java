package org.jxapi.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jxapi.xenapi.Errors;

/**
 * The words of {@code PV_bootloader_args}. pygrub runs as root and has options that name files of the control domain to
 * write to, and another disk to read. So only the options that choose what to boot from the guest's own disk are
 * accepted.
 */
final class BootloaderArguments {
    private static final Pattern WORD =
            Pattern.compile("-q|--quiet|--entry=\\d{1,4}|--offset=\\d{1,15}|--(kernel|ramdisk|args)=[!-~]{1,512}");

    private BootloaderArguments() {}

    /** The words; INVALID_VALUE with the first one that is not accepted. */
    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.strip().split("\\s+")) {
            if (word.isEmpty()) {
                continue;
            }
            if (!WORD.matcher(word).matches()) {
                throw Errors.invalidValue("PV_bootloader_args", word);
            }
            words.add(word);
        }
        return words;
    }
}
