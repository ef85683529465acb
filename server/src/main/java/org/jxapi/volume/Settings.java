package org.jxapi.volume;

import java.util.Map;

/**
 * The settings of a repository.
 *
 * @param uuid {@code SR.uuid}; empty for a probe
 * @param deviceConfig {@code PBD.device_config}, with passwords in the clear
 * @param smConfig {@code SR.sm_config}
 */
public record Settings(String uuid, Map<String, String> deviceConfig, Map<String, String> smConfig) {
    /** A value of device_config; empty when it is not set. */
    public String device(String key) {
        return deviceConfig.getOrDefault(key, "");
    }
}
