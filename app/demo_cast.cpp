#include "app/demo_cast.hpp"

namespace fairlead::app {

namespace {

constexpr CastProduct outdoor_products[] = {{"TENT-2P", 24'900},   {"LAMP-HEAD", 3'950},
                                            {"BOTTLE-1L", 2'490},  {"JACKET-RAIN", 15'900},
                                            {"SOCKS-WOOL", 1'890}, {"PACK-24L", 9'900}};
constexpr CastCampaign outdoor_campaigns[] = {{"Summer on the ridge", "/summer", "ridge-summer", 0},
                                              {"First frost", "/frost", "first-frost", 75}};
constexpr CastInfluencer outdoor_influencers[] = {
    {"Mia Sommer", "DE", "instagram", "mia.outside", 18'400, "hiking", 0, "mia-summer", "MIA10",
     100'000, 100'000, 0, 8'900},
    {"Jonas Wild", "AT", "youtube", "jonaswild", 61'200, "climbing", 0, "jonas-ridge", "JONAS15",
     150'000, 120'000, 45'000, 15'900},
    {"Lena Moos", "DE", "tiktok", "lenamoos", 4'300, "camping", 0, "lena-camp", "LENA10", 100'000,
     80'000, 0, 2'490},
    {"Ari Kallas", "CH", "instagram", "ari.kallas", 9'700, "trail running", 1, "ari-frost", "ARI10",
     100'000, 100'000, 20'000, 1'890},
    {"Noor de Wit", "NL", "tiktok", "noordewit", 33'800, "van life", 1, "noor-frost", "NOOR10",
     100'000, 90'000, 0, 9'900},
    {"Tomas Beran", "CZ", "youtube", "beranoutdoor", 2'150, "fishing", 1, "tomas-frost", "", 0,
     70'000, 0, 3'950}};

constexpr CastProduct tea_products[] = {
    {"SENCHA-100", 1'800}, {"MATCHA-40", 3'200}, {"HOJICHA-100", 1'500}, {"KYUSU", 6'800}};
constexpr CastCampaign tea_campaigns[] = {{"Cold brew season", "/cold-brew", "cold-brew", 0},
                                          {"Autumn matcha", "/matcha", "autumn-matcha", 90}};
constexpr CastInfluencer tea_influencers[] = {
    {"Hana Mori", "JP", "instagram", "hana.mori.cha", 27'500, "food", 0, "hana-cold", "HANA10",
     100'000, 120'000, 0, 3'200},
    {"Ren Aoki", "JP", "youtube", "renaoki", 84'000, "cooking", 0, "ren-brew", "REN5", 50'000,
     80'000, 60'000, 6'800},
    {"Yui Hara", "JP", "tiktok", "yuihara", 3'900, "study", 1, "yui-matcha", "YUI10", 100'000,
     100'000, 0, 1'800},
    {"Kai Tan", "SG", "instagram", "kaitan.eats", 12'300, "food", 1, "kai-matcha", "KAI10", 100'000,
     100'000, 0, 3'200}};

constexpr CastProduct thread_products[] = {
    {"SHIRT-LINEN", 5'900}, {"KNIT-CREW", 8'400}, {"TOTE", 1'900}, {"SCARF", 3'200}};
constexpr CastCampaign thread_campaigns[] = {{"Linen weeks", "/linen", "linen-weeks", 0},
                                             {"Knit up", "/knit", "knit-up", 80}};
constexpr CastInfluencer thread_influencers[] = {
    {"Isla Grant", "GB", "instagram", "islagrant", 46'100, "slow fashion", 0, "isla-linen",
     "ISLA12", 120'000, 110'000, 30'000, 5'900},
    {"Owen Pryce", "GB", "tiktok", "owenpryce", 7'800, "menswear", 0, "owen-linen", "OWEN10",
     100'000, 100'000, 0, 5'900},
    {"Ciara Nolan", "IE", "youtube", "ciaranolan", 4'950, "sewing", 1, "ciara-knit", "CIARA10",
     100'000, 90'000, 0, 8'400},
    {"Esme Okoro", "GB", "instagram", "esme.okoro", 22'600, "street style", 1, "esme-knit",
     "ESME15", 150'000, 120'000, 25'000, 8'400}};

constexpr CastBrand cast[] = {
    {"Alpenglow Outdoor", "EUR", "Europe/Berlin", "shop.alpenglow.example", outdoor_products,
     outdoor_campaigns, outdoor_influencers},
    {"Kumo Tea", "JPY", "Asia/Tokyo", "kumo-tea.example", tea_products, tea_campaigns,
     tea_influencers},
    {"Harbour & Thread", "GBP", "Europe/London", "harbourthread.example", thread_products,
     thread_campaigns, thread_influencers}};

}  // namespace

std::span<const CastBrand> demo_cast() {
  return cast;
}

}  // namespace fairlead::app
