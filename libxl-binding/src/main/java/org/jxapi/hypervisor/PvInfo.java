package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * The PV part of the build info, {@code libxl_domain_build_info.u.pv}.
 *
 * @param slackMemkb KiB
 * @param features ELF features to ask for
 * @param e820Host whether to use the host's memory map
 */
public record PvInfo(
        @Nullable Long slackMemkb,
        @Nullable String features,
        @Nullable Boolean e820Host) {}
